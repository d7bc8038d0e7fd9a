"""What an installation adds to pytest: the fixture ``nomad_contract``, and the plugins of the mock and of the suite.

::

    def test_my_server_conforms(nomad_contract):
        nomad_contract("http://127.0.0.1:4646", profile="smoke", only="job.register.*", companion=True)

This module has a name that no project has, is beside the packages in an installation, and imports nothing of them by
itself: a project may have a package ``mockserver`` or ``contract_tests`` of its own. The plugin in a package of ours
stands aside where another package of its name is or will be imported. The fixture is there all the same: the check runs
in a process of its own, so that neither run disturbs the other.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import pytest

Value: TypeAlias = str | int | float | Path | Sequence[str] | None
"""The value of an option. A switch is True or False; an option that may be repeated takes one text or several."""

PLUGINS = {"nomad_mock": "mockserver.pytest_plugin", "nomad_contract_tests": "contract_tests.plugin"}
"""The plugins, by the names that ``-p no:NAME`` knows."""
_OPTION = "--nomad"
"""The options of both begin so."""
_ROOTS = ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", "setup.py", ".git")
"""Files by which the top folder of a project is known."""
_HERE = Path(__file__).resolve().parent
_HOME = _HERE if (_HERE / "contract_tests").is_dir() else _HERE.parents[1]
"""The folder of our packages: beside this module in an installation, above its folder in a checkout."""
_COULD_NOT_CHECK = 2
_OF_THE_JOB = ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY")
"""Variables that make the command tell a CI job its findings; here the test does that."""

_FILES = re.compile(r"report_\w+|junit|badge|cacert|client_(cert|key)")
"""The options that name files: a relative one is relative to where pytest runs."""


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Load the plugins, each unless another package has the name of its own."""
    del parser  # the plugins declare their options when they are loaded
    for name, module in PLUGINS.items():
        if not pluginmanager.is_blocked(name) and not other_package(module):
            pluginmanager.import_plugin(module)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None]:
    """Name the nearest option for a misspelt one of ours, when conftest files have declared theirs."""
    yield
    if any(word.startswith(_OPTION) for word in args):
        _, unknown = parser.parse_known_and_unknown_args(args)
        _need_near_none(unknown, early_config.pluginmanager)


def _need_near_none(unknown: Sequence[str], plugins: pytest.PytestPluginManager) -> None:
    """Refuse unknown arguments with what was probably meant by one; pytest itself refuses those that are like none.

    Raises:
        pytest.UsageError: An argument is like one of our options.
    """
    known = [option for module in PLUGINS.values() if (one := plugins.get_plugin(module)) for option in one.options()]
    for word in unknown:
        if word.startswith(_OPTION) and known:
            from nomad_contract_spelling import meant  # it is there, for a plugin of ours is

            if near := meant(word.partition("=")[0], known):
                raise pytest.UsageError(f"unrecognized arguments: {' '.join(unknown)}{near}")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which plugin stands aside, and why."""
    left_out = [module for name, module in PLUGINS.items() if not config.pluginmanager.is_blocked(name)]
    others = {one: other_package(one) for one in left_out if not config.pluginmanager.has_plugin(one)}
    return [
        f"nomad-contract: {module} stands aside, because {other} has the name of its package"
        for module, other in others.items()
        if other
    ]


def other_package(module: str) -> Path | None:
    """Return what else has the name of a module's package, if it is imported in its place; None when nothing does.

    It is on ``sys.path`` before ours, or pytest will put its folder there: the top folder of the project, where it
    runs, or a folder below the top that is no package itself.
    """
    package, _, part = module.partition(".")
    found = next(filter(None, (_named(package, Path(folder or ".")) for folder in sys.path)), None)
    if found and not _is_ours(found, part):
        return found
    here = Path.cwd()
    top = next((folder for folder in (here, *here.parents) if any((folder / one).exists() for one in _ROOTS)), here)
    below = [folder for folder in _folders(top) if not (folder / "__init__.py").exists()]
    later = filter(None, (_named(package, folder) for folder in (top, here, *below)))
    return next((one for one in later if not _is_ours(one, part)), None)


def _named(package: str, folder: Path) -> Path | None:
    """Return the package, or the module, of this name in a folder."""
    if (folder / package / "__init__.py").is_file():
        return (folder / package).absolute()
    return (folder / f"{package}.py").absolute() if (folder / f"{package}.py").is_file() else None


def _is_ours(place: Path, part: str) -> bool:
    return (place / f"{part}.py").is_file()


def _folders(top: Path) -> list[Path]:
    try:
        return sorted(folder for folder in top.iterdir() if folder.is_dir() and not folder.name.startswith("."))
    except OSError:
        return []


class ContractCheck(Protocol):
    """Checks a server, or the mock when there is no address."""

    def __call__(
        self, address: str = "", *, profile: str = "smoke", only: str | Sequence[str] = (), **options: Value
    ) -> dict[str, Any]:
        """Return the JSON report when every statement holds.

        Args:
            address: of the server; "" starts the mock and checks it.
            profile: ``smoke``, ``default`` or ``deep``.
            only: globs of statement ids, or one.
            options: any other option of ``nomad-contract check``, with underscores: ``seed=7``, ``companion=True``.

        Raises:
            pytest.fail.Exception: Statements do not hold, or the server could not be checked; the message says which.
        """


@pytest.fixture
def nomad_contract(tmp_path: Path) -> ContractCheck:
    """Return a function that checks a server and fails the test when a statement does not hold."""

    def check(
        address: str = "", *, profile: str = "smoke", only: str | Sequence[str] = (), **options: Value
    ) -> dict[str, Any]:
        report = Path(str(options.setdefault("report_json", tmp_path / "contract.json"))).absolute()
        given = {"address": address or None, "profile": profile, "only": only, **options}
        command = [sys.executable, "-m", "contract_tests.cli", "check", *_words(given)]
        environment = {name: value for name, value in os.environ.items() if name not in _OF_THE_JOB}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_HOME), environment.get("PYTHONPATH")]))
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        if run.returncode >= _COULD_NOT_CHECK:
            pytest.fail(f"the contract could not be checked:\n{_in_python(run.stderr or run.stdout)}", pytrace=False)
        if run.returncode:
            pytest.fail(f"the contract does not hold:\n{run.stdout}", pytrace=False)
        found: dict[str, Any] = json.loads(report.read_text("utf-8"))
        return found

    return check


def _words(options: Mapping[str, Value]) -> Iterator[str]:
    """Yield the words of the command line for options by their Python names."""
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            yield option
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from (f"{option}={one}" for one in value)
        elif value is not None and value is not False:
            yield f"{option}={Path(str(value)).absolute() if _is_file(name, str(value)) else value}"


def _is_file(name: str, value: str) -> bool:
    """Return whether an option names a file; a baseline does when it is written as a path, not as a release."""
    of_reports = value.endswith(".json") or Path(value).name != value
    return _FILES.fullmatch(name) is not None or (name == "baseline" and of_reports)


def _in_python(said: str) -> str:
    """Return what the command said of its options, with their names as they are spelt in Python."""
    lines = [line for line in said.splitlines() if not line.startswith(("usage: ", " ", "see "))]
    return "\n".join(re.sub(r"--([a-z][a-z-]+)", lambda option: option[1].replace("-", "_"), line) for line in lines)
