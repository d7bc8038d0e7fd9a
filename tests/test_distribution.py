"""The built wheel is complete, and works beside other people's packages."""

import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

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
    assert (site / "mockserver" / "py.typed").is_file()
    assert (site / "contract_tests" / "py.typed").is_file()
    assert (site / "mockserver" / "admin" / "ui" / "index.html").is_file()
    assert list(site.glob("*.dist-info/licenses/LICENSE"))
    top = {path.name for path in site.iterdir() if not path.name.endswith(".dist-info")}
    assert top == {"schemas", "mockserver", "contract_tests"}


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
