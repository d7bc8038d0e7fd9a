"""The oracle's expectations, compared with the recorded replies of a real agent."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.oracle.diff import job_diff, unordered
from contract_tests.oracle.readback import differences, readback
from contract_tests.strategies.edits import edits
from contract_tests.words import ABSENT
from tests.each import each

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
ODD = {"register-field-name-case", "register-meta-values", "register-type-change"}
"""Scenarios whose bodies the models do not read: they want properly spelt properties and a known type."""


def recorded(prefix: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Return the steps of recorded scenarios on a lone server, by name."""
    for path in sorted(RECORDINGS.glob(f"{prefix}*.json")):
        scenario = json.loads(path.read_text(encoding="utf-8"))
        if scenario["mode"] == "server-only" and path.stem not in ODD:
            yield path.stem, scenario["steps"]


def accepted(step: dict[str, Any]) -> dict[str, Any] | None:
    """Return the job that a step registered, if it is a registration that was accepted."""
    request = step["request"]
    if request["method"] not in ("PUT", "POST") or step["response"]["status"] != 200:
        return None
    if request["path"].endswith(("/plan", "/dispatch", "/evaluate", "/force")):
        return None
    body, _ = json.JSONDecoder().raw_decode(request["body"].lstrip())
    job: dict[str, Any] | None = body.get("Job")
    return job


@pytest.mark.parametrize(
    ("name", "steps"), list(recorded("register-")), ids=lambda value: value if isinstance(value, str) else ""
)
def test_jobs_read_back_as_foretold(name: str, steps: list[dict[str, Any]]) -> None:
    """The job that was recorded after each registration is the one that the oracle expects."""
    jobs: dict[str, dict[str, Any]] = {}
    for step in steps:
        job, path = accepted(step), step["request"]["path"]
        if job:
            jobs[f"/v1/job/{job['ID']}"] = job
        elif step["request"]["method"] == "GET" and path in jobs and step["response"]["status"] == 200:
            assert list(differences(readback(jobs[path]), step["response"]["json"])) == [], name


@pytest.mark.parametrize(
    ("name", "steps"), list(recorded("plan-")), ids=lambda value: value if isinstance(value, str) else ""
)
def test_plans_show_the_diff_foretold(name: str, steps: list[dict[str, Any]]) -> None:
    """The diff of every recorded plan is the one that the oracle expects."""
    stored: dict[str, dict[str, Any]] = {}
    for step in steps:
        request = step["request"]
        if job := accepted(step):
            stored[job["ID"]] = job
        elif request["path"].endswith("/plan") and step["response"]["status"] == 200:
            diff, new = step["response"]["json"]["Diff"], json.loads(request["body"])["Job"]
            if diff and not any(task.get("Vault") for group in new["TaskGroups"] for task in group["Tasks"]):
                old = stored.get(new["ID"])
                foretold = job_diff(old and readback(old), readback(new))
                assert list(differences(unordered(foretold), unordered(diff))) == [], name


def test_an_unchanged_job_has_no_differences() -> None:
    """A job that was read back reads back as itself, and its diff is of type None throughout."""
    rich = JobFactory().rich("rich")
    once = readback(rich)
    assert readback(once) == once
    diff = job_diff(once, once)
    assert diff["Fields"] is None
    assert {group["Type"] for group in diff["TaskGroups"]} == {"None"}


@each(edits(), lambda edit: edit.name)
def test_every_edit_is_foretold(edit: Any) -> None:
    """An edit changes the job, leaves the original alone, and shows in the expected diff."""
    rich = JobFactory().rich("rich")
    edited = edit.on(rich)
    assert rich == JobFactory().rich("rich")
    old, new = readback(rich), readback(edited)
    assert old != new
    assert unordered(job_diff(old, new)) != unordered(job_diff(old, old))


def test_any_key_of_a_free_form_map_counts() -> None:
    """A key with a dot is one key, and a key that was not submitted is a difference."""
    job = {"Meta": {"a.b": "c"}}
    nested, more = {"Meta": {"a": {"b": "c"}}}, {"Meta": {"a.b": "c", "x": "y"}}
    place = ("Meta", "a.b")
    assert list(differences(job, nested)) == [(place, "c", ABSENT), (("Meta", "a"), ABSENT, {"b": "c"})]
    assert list(differences(job, more)) == [(("Meta", "x"), ABSENT, "y")]


def test_differences_are_of_json() -> None:
    """Numbers compare by value, true is not 1, a missing field is named, an additional one is not."""
    assert list(differences({"a": 6379}, {"a": 6.379e3, "b": 1})) == []
    assert list(differences({"a": True}, {"a": 1})) == [(("a",), True, 1)]
    assert list(differences({"a": [1]}, {"a": [1, 2]})) == [(("a",), [1], [1, 2])]
    assert list(differences({"a": {"b": 1}}, {"a": {}})) == [(("a", "b"), 1, ABSENT)]
