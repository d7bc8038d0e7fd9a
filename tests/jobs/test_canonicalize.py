"""Defaults, rewriting, and empty lists."""

import copy
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mockserver.gostd.durations import SECOND
from mockserver.jobs.canonicalize import (
    add_implicit_constraints,
    as_stored,
    with_defaults,
    without_empty_lists,
)
from mockserver.openapi import load_contract
from tests.builders import a_group, a_job, a_task
from tests.jobs.validate.parts import a_check, a_network, a_service, a_template, a_vault, an_artifact, resources
from tests.loose_types import Job, Task

_RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
_DECODE = load_contract().operations["registerJob"].decode
_SET_BY_THE_SERVER = {"CreateIndex", "ModifyIndex", "JobModifyIndex", "Status"}


def _decoded(body: str) -> Job:
    decoded = _DECODE(body.encode())
    assert decoded is not None
    job: Job = decoded["Job"]
    return job


def _stored_jobs() -> list[Any]:
    """Return, for each recording that registers and reads a job, the body sent and the job read."""
    found = []
    for file in sorted(_RECORDINGS.glob("*.json")):
        steps = json.loads(file.read_text("utf-8"))["steps"]
        for sent, got in pairwise(steps):
            same = sent["request"]["path"] == got["request"]["path"] and got["request"]["method"] == "GET"
            both = (sent["response"]["status"], got["response"]["status"])
            if same and sent["request"]["method"] in ("PUT", "POST") and both == (200, 200):
                found.append(pytest.param(sent["request"]["body"], got["response"]["json"], id=file.stem))
    return found


@pytest.mark.parametrize(("body", "job"), _stored_jobs())
def test_recorded_jobs(body: str, job: Job) -> None:
    """A recorded job is stored as the agent stored it."""
    stored = without_empty_lists(as_stored(add_implicit_constraints(with_defaults(_decoded(body)))))
    assert {key: value for key, value in stored.items() if key not in _SET_BY_THE_SERVER} == {
        key: value for key, value in job.items() if key not in _SET_BY_THE_SERVER
    }


def _only_task(job: Job) -> Task:
    task: Task = job["TaskGroups"][0]["Tasks"][0]
    return task


@pytest.mark.parametrize(
    ("kind", "policy"),
    [
        *(
            (kind, {"Attempts": 2, "Delay": 15 * SECOND, "Interval": 60 * SECOND, "Mode": "delay"})
            for kind in ("service", "system")
        ),
        ("batch", {"Attempts": 15, "Delay": 15 * SECOND, "Interval": 604_800 * SECOND, "Mode": "delay"}),
        ("foo", None),
    ],
)
def test_restart_policies_depend_on_the_type(kind: str, policy: dict[str, Any] | None) -> None:
    """Only known job types have a default restart policy."""
    job: Job = with_defaults(a_job(a_group(RestartPolicy=None), Type=kind))
    assert job["TaskGroups"][0]["RestartPolicy"] == policy


def test_whole_blocks_have_defaults_but_not_their_fields() -> None:
    """A block that is given is taken as it is, without defaults for its fields (recording register-defaults)."""
    absent: Job = with_defaults(
        a_job(a_group(a_task(Resources=None, KillTimeout=0, LogConfig=None), EphemeralDisk=None))
    )
    assert _only_task(absent)["Resources"] == {"CPU": 100, "DiskMB": 0, "IOPS": 0, "MemoryMB": 10, "Networks": None}
    assert _only_task(absent)["KillTimeout"] == 5 * SECOND
    assert _only_task(absent)["LogConfig"] is None
    assert absent["TaskGroups"][0]["EphemeralDisk"] == {"Migrate": False, "SizeMB": 300, "Sticky": False}
    empty = resources(CPU=0, MemoryMB=0)
    given: Job = with_defaults(
        a_job(a_group(a_task(Resources=empty), EphemeralDisk={"Migrate": False, "SizeMB": 0, "Sticky": True}))
    )
    assert _only_task(given)["Resources"] == empty
    assert given["TaskGroups"][0]["EphemeralDisk"] == {"Migrate": False, "SizeMB": 0, "Sticky": True}


@pytest.mark.parametrize(("asked", "size"), [((0, 0), 300), ((100, 50), 150), ((-5, 0), 300), ((2**62, 2**62), 300)])
def test_disk_space_of_tasks_goes_to_the_group(asked: tuple[int, int], size: int) -> None:
    """A positive sum of the tasks' disk becomes the group's; a negative ask counts as none."""
    job: Job = with_defaults(a_job(a_group(*(a_task(Resources=resources(DiskMB=disk)) for disk in asked))))
    group = job["TaskGroups"][0]
    assert group["EphemeralDisk"]["SizeMB"] == size
    assert [task["Resources"]["DiskMB"] for task in group["Tasks"]] == [max(disk, 0) for disk in asked]


@pytest.mark.parametrize(
    ("name", "interpolated"),
    [
        ("${JOB}", "nightly"),
        ("a-${TASKGROUP}-${TASK}.", "a-g-t."),
        ("${BASE}", "nightly-g-t"),
        ("${job}${}${meta.x} $JOB", "${job}${}${meta.x} $JOB"),
    ],
)
def test_names_of_services_are_interpolated(name: str, interpolated: str) -> None:
    """Names of services contain the job's name, not its ID; other variables stay."""
    job: Job = with_defaults(a_job(a_group(a_task(Services=[a_service(a_check(Name=""), Name=name)])), Name="nightly"))
    (service,) = _only_task(job)["Services"]
    assert service["Name"] == interpolated
    assert service["Checks"][0]["Name"] == f'service: "{interpolated}" check'


def test_signals_are_in_capitals_and_payload_is_optional() -> None:
    """Signals are in capitals, and a payload that is not given stays null (recording register-all-fields)."""
    task = a_task(Vault=a_vault(ChangeSignal="sighup"), Templates=[a_template(ChangeSignal="sigInt"), a_template()])
    config = {"MetaOptional": None, "MetaRequired": None, "Payload": ""}
    job: Job = with_defaults(a_job(a_group(task), ParameterizedJob=config))
    assert _only_task(job)["Vault"]["ChangeSignal"] == "SIGHUP"
    assert [template["ChangeSignal"] for template in _only_task(job)["Templates"]] == ["SIGINT", ""]
    assert job["ParameterizedJob"]["Payload"] == "optional"
    given: Job = with_defaults(a_job(ParameterizedJob={**config, "Payload": "x"}))
    assert given["ParameterizedJob"]["Payload"] == "x"


def _with_empty_lists() -> Job:
    service = a_service(a_check(Args=[]), Tags=[])
    network = a_network(ReservedPorts=[], DynamicPorts=[])
    task = a_task(
        Artifacts=[an_artifact(GetterOptions={})],
        Config={},
        Constraints=[],
        Env={},
        Meta={},
        Resources=resources(network),
        Services=[service, a_service(Checks=[])],
    )
    bare = a_task(Artifacts=[], Services=[], Templates=[], Resources=resources(Networks=[]))
    config = {"MetaOptional": [], "MetaRequired": [], "Payload": "optional"}
    return a_job(a_group(task, bare, Constraints=[], Meta={}), Constraints=[], Meta={}, ParameterizedJob=config)


def test_empty_lists_at_first() -> None:
    """Before a plan, some empty lists become null and some do not."""
    job: Job = with_defaults(_with_empty_lists())
    group = job["TaskGroups"][0]
    task, bare = group["Tasks"]
    assert [job["Meta"], group["Meta"], task["Meta"], task["Env"], task["Config"]] == [None] * 5
    assert [job["Constraints"], group["Constraints"], task["Constraints"]] == [[]] * 3
    assert task["Artifacts"][0]["GetterOptions"] == {}
    assert (task["Services"][0]["Tags"], task["Services"][0]["Checks"][0]["Args"]) == (None, None)
    assert task["Services"][1]["Checks"] is None
    assert task["Resources"]["Networks"] == [a_network()]
    assert bare["Resources"]["Networks"] is None


def _copied(job: Job) -> Job:
    """Return the job after its status has changed once."""
    return without_empty_lists(as_stored(job))


def test_empty_lists_when_stored() -> None:
    """A copy of a stored job leaves only three kinds of list empty."""
    job = _copied(_with_empty_lists())
    group = job["TaskGroups"][0]
    task, bare = group["Tasks"]
    assert [job["Constraints"], group["Constraints"], task["Constraints"]] == [None] * 3
    assert task["Artifacts"][0]["GetterOptions"] is None
    assert job["ParameterizedJob"] == {"MetaOptional": None, "MetaRequired": None, "Payload": "optional"}
    assert [bare["Artifacts"], bare["Services"], bare["Templates"]] == [[]] * 3


def test_what_is_given_stays_as_it_is() -> None:
    """The job that came in is not changed, and canonicalizing twice is the same as once."""
    given = _with_empty_lists()
    before = copy.deepcopy(given)
    once = _copied(given)
    assert given == before
    assert _copied(once) == once


def test_jobs_without_groups_or_tasks() -> None:
    """Jobs without groups or tasks are refused later, not here."""
    assert with_defaults(a_job(TaskGroups=None, Datacenters=[]))["TaskGroups"] is None
    without_tasks: Job = with_defaults(a_job(a_group(Tasks=None)))
    assert without_tasks["TaskGroups"][0]["Tasks"] is None
