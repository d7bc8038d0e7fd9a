"""The built wheel is complete, and works beside other people's packages."""

import os
import re
import subprocess
import sys
import textwrap
import urllib.request
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the unpacked wheel, as an installation has it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("nomad_contract-*.whl")
    site = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def test_the_wheel_has_the_data_and_nothing_else(site: Path) -> None:
    """The wheel has schemas, licence, type markers and dashboard, but no tests and benchmarks."""
    assert (site / "schemas" / "openapi.json").is_file()
    assert (site / "schemas" / "bundled" / "job-file.schema.json").is_file()
    assert (site / "schemas" / "bundled" / "nomad-openapi.json").is_file()
    assert (site / "mockserver" / "py.typed").is_file()
    assert (site / "contract_tests" / "py.typed").is_file()
    assert (site / "mockserver" / "admin" / "ui" / "index.html").is_file()
    assert list(site.glob("*.dist-info/licenses/LICENSE"))
    beside = {"__pycache__"}  # a test before this one may have imported from here
    top = {path.name for path in site.iterdir() if not path.name.endswith(".dist-info")} - beside
    assert top == {"schemas", "mockserver", "contract_tests", "nomad_contract_pytest.py", "nomad_contract_spelling.py"}
    (entry_points,) = site.glob("*.dist-info/entry_points.txt")
    assert entry_points.read_text("utf-8").endswith("[pytest11]\nnomad_contract = nomad_contract_pytest\n")


def test_the_package_index_shows_no_dead_link(site: Path) -> None:
    """In the README of the package, files are named instead of linked: the package index does not have them."""
    (metadata,) = site.glob("*.dist-info/METADATA")
    text = metadata.read_text("utf-8")
    assert "Description-Content-Type: text/markdown" in text
    assert re.findall(r"\]\((?!https?:).*?\)", text) == []
    assert "the tutorial,\nA first job (`docs/tutorial/first-job.md`)" in text


def test_the_mock_starts_beside_somebody_elses_schemas(site: Path, tmp_path: Path) -> None:
    """The mock starts in a folder that has another package called ``schemas``."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "__init__.py").write_text("raise RuntimeError('not ours')", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-m", "mockserver", "--port", "0", "--strict"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as mock:
        try:
            assert mock.stdout is not None
            address = mock.stdout.readline().split()[2]
            with urllib.request.urlopen(f"{address}/v1/job/none/evaluations") as reply:
                assert (reply.status, reply.read()) == (200, b"[]")
        finally:
            mock.terminate()
    assert mock.returncode == 0


THEIRS = {
    "mockserver": ("mockserver.pytest_plugin stands aside", "nomad_contract"),
    "contract_tests": ("contract_tests.plugin stands aside", "nomad_mock, nomad_contract"),
}


def run_theirs(site: Path, project: Path, *start: str) -> str:
    """Run the tests of somebody's project beside the installation, and return what pytest says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NOMAD_", "PYTEST_"))}
    environment |= {"PYTHONPATH": str(site), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [*start, "-p", "nomad_contract_pytest", "-p", "no:cacheprovider"]
    run = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


MODULE, PROGRAM = (sys.executable, "-m", "pytest"), (f"{Path(sys.executable).parent}/pytest",)


@pytest.mark.parametrize(("folder", "start"), [(".", MODULE), ("tests", PROGRAM), ("src", MODULE)])
@pytest.mark.parametrize("package", THEIRS)
def test_a_project_with_packages_of_these_names_runs(
    site: Path, tmp_path: Path, package: str, folder: str, start: tuple[str, ...]
) -> None:
    """Its own package is imported, one line says what stands aside, and the other fixtures are there."""
    words, fixtures = THEIRS[package]
    theirs = tmp_path / folder / package
    theirs.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["src"]\n', "utf-8")
    (theirs / "__init__.py").write_text("", "utf-8")
    (theirs / "thing.py").write_text("ANSWER = 42\n", "utf-8")
    test = f"from {package}.thing import ANSWER\n\n\ndef test_thing({fixtures}):\n    assert ANSWER == 42\n"
    (theirs / "test_thing.py").write_text(test, "utf-8")
    said = run_theirs(site, tmp_path, *start)
    assert f"{words}, because {theirs} has the name of its package" in said


def test_a_check_runs_in_a_project_with_contract_tests_of_its_own(site: Path, tmp_path: Path) -> None:
    """The fixture checks a server from a package contract_tests, even with the project in PYTHONPATH."""
    theirs = tmp_path / "contract_tests"
    theirs.mkdir()
    (theirs / "__init__.py").write_text("", "utf-8")
    test = """
        def test_conforms(nomad_contract, monkeypatch):
            monkeypatch.setenv("PYTHONPATH", __file__.rpartition("/contract_tests/")[0])
            assert nomad_contract(only="job.summary.reply-is-json", workers=1)["totals"]["pass"] == 1
    """
    (theirs / "test_conforms.py").write_text(textwrap.dedent(test), "utf-8")
    run_theirs(site, tmp_path, *MODULE)


def test_the_command_starts_our_mock_beside_theirs(site: Path, tmp_path: Path) -> None:
    """Where the command runs there may be a package mockserver that is not ours."""
    (tmp_path / "mockserver").mkdir()
    (tmp_path / "mockserver" / "__init__.py").write_text("raise RuntimeError('not ours')", "utf-8")
    words = ["check", "--profile", "smoke", "--only", "job.summary.reply-is-json", "-n", "1"]
    program = f"import sys; from contract_tests.cli import main; sys.exit(main({words}))"
    environment = {**os.environ, "PYTHONPATH": str(site)}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_nothing_stands_aside_elsewhere(site: Path, tmp_path: Path) -> None:
    """A project without such packages gets every fixture, and no line about them."""
    (tmp_path / "test_x.py").write_text("def test_x(nomad_mock, nomad_contract):\n    pass\n", "utf-8")
    assert "stands aside, because" not in run_theirs(site, tmp_path, *MODULE)


def test_the_help_of_pytest_stays_short(site: Path, tmp_path: Path) -> None:
    """The suite shows three of its options in everybody's help, in a group of their own."""
    text = run_theirs(site, tmp_path, *MODULE, "--help")
    group = text.split("contract tests of a Nomad server")[1].split("\n\n")[0]
    assert re.findall(r"--nomad-[a-z-]+", group) == ["--nomad-address", "--nomad-profile", "--nomad-only"]
