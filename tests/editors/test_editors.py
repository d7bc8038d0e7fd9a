"""The schema of job files works in the tools that people have for such schemas: VS Code, Ajv, check-jsonschema."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_group, a_job, a_task

HERE = Path(__file__).parent
SCHEMA = HERE.parents[1] / "schemas" / "bundled" / "job-file.schema.json"
CHECK_JSONSCHEMA = "check-jsonschema==0.39.0"

pytestmark = [pytest.mark.exhaustive, pytest.mark.slow]  # they fetch the tools


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Return files with a good job, and with one that has a misspelt name, a wrong word and a wrong type."""
    wrong = a_group(a_task(Driver="dokcer", KillTimeout="5s"), Cuont=3)
    found = {}
    for name, job in (("good", a_job()), ("wrong", a_job(wrong))):
        found[name] = tmp_path / f"{name}.json"
        found[name].write_text(json.dumps({"Job": job}, indent=2), "utf-8")
    return found


@pytest.mark.skipif(shutil.which("npm") is None, reason="Node is not installed")
def test_ajv_and_vs_code(files: dict[str, Path], tmp_path: Path) -> None:
    """Both take the schema as it is, find nothing in a good job, and each mistake at its place."""
    for name in ("package.json", "package-lock.json", "findings.js"):
        shutil.copy(HERE / name, tmp_path)
    npm = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(npm, cwd=tmp_path, check=True, capture_output=True)
    command = ["node", "findings.js", str(SCHEMA), *map(str, files.values())]
    run = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(run.stdout)
    assert found[str(files["good"])] == {"ajv": [], "vscode": []}
    wrong = found[str(files["wrong"])]
    task = "/Job/TaskGroups/0/Tasks/0"
    expected = [
        ["/Job/TaskGroups/0", "additionalProperties"],
        [f"{task}/Driver", "enum"],
        [f"{task}/KillTimeout", "type"],
    ]
    assert [each for each in expected if each not in wrong["ajv"]] == []
    lines = files["wrong"].read_text("utf-8").splitlines()
    marked = {lines[line - 1][column - 1 :].strip(" ,"): message for line, column, message in wrong["vscode"]}
    assert marked == {
        '"Cuont": 3': "Property Cuont is not allowed.",
        '"dokcer"': 'Value is not accepted. Valid values: "docker", "exec", "java", "qemu", "raw_exec", "rkt".',
        '"5s"': "Incorrect type. Expected one of integer, null.",
    }


def test_check_jsonschema(files: dict[str, Path], tmp_path: Path) -> None:
    """It accepts a good job, and refuses a wrong one with each mistake."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "tool")], check=True, capture_output=True)
    tools = tmp_path / "tool" / "bin"
    subprocess.run([str(tools / "pip"), "install", "--quiet", CHECK_JSONSCHEMA], check=True, capture_output=True)

    def check(name: str) -> subprocess.CompletedProcess[str]:
        command = [str(tools / "check-jsonschema"), "--schemafile", str(SCHEMA), str(files[name])]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert check("good").returncode == 0
    wrong = check("wrong")
    assert wrong.returncode == 1
    for mistake in ("'Cuont' was unexpected", "'dokcer' is not one of", "'5s' is not of type"):
        assert mistake in wrong.stdout
