"""The checks of this repository, each defined once: ``.ci/run``, the workflow and contributors call them.

``nox --list`` names them, ``nox -s lint types`` runs some. They run in the environment that the README's line for the
tests makes (``.venv``), or in the one that is active when there is none: only ``lock`` makes one of its own.
"""

import os
import shutil
import tempfile
from pathlib import Path

import nox

ROOT = Path(__file__).parent
JAVASCRIPT = ROOT / "tests" / "javascript"

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.stop_on_first_error = True

os.environ.pop(
    "PYTHONDONTWRITEBYTECODE", None
)  # the checks start hundreds of programs: each would compile all it loads
os.environ["PATH"] = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"


@nox.session
def browser(session: nox.Session) -> None:
    """Install Chromium for the tests of pages, where there is none and apt-get is."""
    if shutil.which("chromedriver"):
        session.skip("chromedriver is installed")
    if not shutil.which("apt-get"):
        session.error("the tests of pages need chromedriver: install Chromium or Chrome, and its driver")
    session.run("apt-get", "update", "-qq", silent=True)
    session.run("apt-get", "install", "-y", "-qq", "chromium", "chromium-driver", silent=True)


@nox.session
def readme(session: nox.Session) -> None:
    """Run the README's line for the main job, on a fresh copy with an environment of its own."""
    with tempfile.TemporaryDirectory() as fresh:
        session.run("git", "checkout-index", "--all", f"--prefix={fresh}/")
        with session.chdir(fresh):
            _shell(session, _readme_line("examples/first_job.py"))


@nox.session
def tests(session: nox.Session) -> None:
    """Run the README's line for the tests, with coverage; ``-- tests/jobs`` runs only those, without."""
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    coverage = "--cov --cov-report=term:skip-covered --durations=15"
    _shell(session, _readme_line("'.[test]'"), PYTEST_ADDOPTS=coverage)


@nox.session
def exhaustive(session: nox.Session) -> None:
    """Run the tests that ``tests`` leaves out: every wrong server, clients that hang, long comparisons."""
    session.run("pytest", "-m", "exhaustive", "-q", *session.posargs)


@nox.session
def properties(session: nox.Session) -> None:
    """Try each property with many fresh examples, where ``tests`` tries few."""
    session.run("pytest", "-m", "hypothesis", "--hypothesis-profile=many", "-q", *session.posargs)


@nox.session
def tools(session: nox.Session) -> None:
    """Install what the checks below need and the tests do not: linters, the type checker, Sphinx."""
    session.run("python", "-m", "pip", "install", "--quiet", "-e", ".[dev]")


@nox.session
def stalls(session: nox.Session) -> None:
    """See that no request holds up the others: alone and without coverage, which would slow what is timed."""
    session.run("pytest", "-n", "0", "-m", "timed", "-q", "tests/stalls", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the format and the rules of the Python code."""
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")


@nox.session(name="format")
def format_(session: nox.Session) -> None:
    """Format the Python code, and mend what ruff can mend."""
    session.run("ruff", "format", ".")
    session.run("ruff", "check", "--fix", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the Python code."""
    session.run("mypy")


@nox.session
def javascript(session: nox.Session) -> None:
    """Check format, rules and types of the JavaScript, and test it; skipped where Node is not installed."""
    if not shutil.which("npm"):
        session.skip("the JavaScript is not checked: Node is not installed")
    with session.chdir(JAVASCRIPT):
        session.run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
        session.run("npm", "run", "--silent", "check")


@nox.session
def generators(session: nox.Session) -> None:
    """Try other people's generators, linters, viewers and editors on the schemas; skipped without Node."""
    if not shutil.which("npm"):
        session.skip("the schemas are not tried: Node is not installed")
    session.run("python", "-m", "tests.generators", *session.posargs)
    session.run("pytest", "-m", "exhaustive", "-n", "0", "-q", "tests/editors")


@nox.session
def examples(session: nox.Session) -> None:
    """Test the examples in each language whose tools are there; what they need is fetched."""
    session.run("pytest", "-m", "", "-n", "0", "-q", "tests/test_examples.py", *session.posargs)


@nox.session
def attack(session: nox.Session) -> None:
    """Attack the mock with mutated inputs for a minute, other ones for each commit."""
    options = session.posargs or ["--seconds", "60", "--workers", "2"]
    session.run("python", "-m", "tests.attack", "--seed", _commits(session), *options)


@nox.session
def mutants(session: nox.Session) -> None:
    """See that the contract tests notice the mutants of the mock; ``-- --budget SECONDS`` bounds the time.

    The order is another one for each commit, so that with a budget all mutants are run in the course of a few commits.
    """
    options = ["--expected-only", "--brief", "--seeds", "0", "--workers", "4", "--order", _commits(session)]
    session.run("python", "-m", "tests.mutants", *options, *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site, with warnings as errors."""
    if not (ROOT / "docs" / "conf.py").exists():
        session.skip("there is no documentation site yet")
    session.run("sphinx-build", "--fail-on-warning", "--keep-going", "-b", "html", "docs", "build/docs")


@nox.session(venv_backend="venv")
def lock(session: nox.Session) -> None:
    """Write ``.ci/requirements.txt``: what the checks need on every system and Python, with hashes."""
    session.install("uv")
    options = ["--universal", "--python-version", "3.11", "--extra", "dev", "--generate-hashes", "--no-emit-find-links"]
    command = "uv pip compile pyproject.toml --output-file .ci/requirements.txt"
    header = {"UV_CUSTOM_COMPILE_COMMAND": "nox -s lock"}
    session.run(*command.split(), *options, "--no-config", "--quiet", *session.posargs, env=header)


def _readme_line(part: str) -> str:
    """Return the first line of the README that contains ``part``."""
    return next(line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if part in line)


def _shell(session: nox.Session, line: str, **environment: str) -> None:
    session.run("bash", "-euo", "pipefail", "-c", line, env=environment)


def _commits(session: nox.Session) -> str:
    """Return how many commits there are, ``1`` where git can't tell."""
    counted = session.run("git", "rev-list", "--count", "HEAD", silent=True, success_codes=[0, 128], log=False)
    return str(counted).strip() if str(counted).strip().isdecimal() else "1"
