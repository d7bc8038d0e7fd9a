"""Each check is defined once and called everywhere by its name, and what is installed for it is locked."""

import ast
import json
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / ".ci" / "requirements.txt").read_text("utf-8")
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")


def sessions() -> set[str]:
    """Return the names of the tasks that the noxfile defines."""
    functions = [
        node
        for node in ast.parse((ROOT / "noxfile.py").read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    ]
    return {function.name.rstrip("_") for function in functions}


def called(script: str) -> set[str]:
    """Return the tasks that the CI script calls."""
    return set(re.findall(r"^check (\w+)", script, re.MULTILINE))


def test_the_ci_script_and_the_workflow_call_the_same_tasks() -> None:
    """Script and workflow call the same tasks, not those that change files or take long; the workflow has two more."""
    listed = re.search(r"check: \[(.*)\]", WORKFLOW)
    together = re.search(r"nox -s (browser .*)", WORKFLOW)
    assert listed
    assert together
    by_workflow = {*listed[1].split(", "), *together[1].split(), "tools"}  # the workflow installs all that is locked
    assert by_workflow == called((ROOT / ".ci" / "run").read_text("utf-8"))
    assert sessions() - by_workflow == {
        *("examples", "exhaustive", "format", "generators", "lock", "properties"),
    }
    assert {"generators", "examples"} <= set(re.findall(r"nox -s (\w+)\n", WORKFLOW))


def test_every_supported_python_is_tested() -> None:
    """Classifiers and workflow name the same versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    classified = [one.split(" :: ")[-1] for one in project["classifiers"] if "Python :: 3." in one]
    matrix = re.search(r"python: (\[.*\])", WORKFLOW)
    assert matrix
    assert json.loads(matrix[1]) == classified


def test_the_lock_file_is_current() -> None:
    """Every requirement is locked in a version that it allows; ``nox -s lock`` writes the file."""
    locked = {
        canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", LOCK, re.MULTILINE)
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [Requirement(text) for text in (*project["dependencies"], *extras["contract"], *extras["dev"])]
    outside = [one for one in wanted if canonicalize_name(one.name) != canonicalize_name(project["name"])]
    assert outside
    assert [
        str(one) for one in outside if not one.specifier.contains(locked.get(canonicalize_name(one.name), "0"))
    ] == []


def test_lock_files_name_no_place() -> None:
    """Lock files have hashes and no addresses."""
    assert "://" not in LOCK
    npm = json.loads((ROOT / "tests" / "javascript" / "package-lock.json").read_text("utf-8"))
    packages = [package for path, package in npm["packages"].items() if path]
    assert packages
    assert [package for package in packages if "resolved" in package or "integrity" not in package] == []
