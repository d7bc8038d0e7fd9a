"""Rules of tasks."""

import pytest

from mockserver.jobs.validate.task import task_problems
from tests.builders import a_task
from tests.jobs.validate.parts import (
    a_constraint,
    a_service,
    a_template,
    a_vault,
    an_artifact,
    resources,
    texts,
)


def test_a_task_that_is_accepted() -> None:
    """A task with every part is accepted."""
    task = a_task(
        Vault=a_vault(), Templates=[a_template()], Artifacts=[an_artifact()], DispatchPayload={"File": "in.json"}
    )
    assert texts(task_problems(task, 300)) == []


def test_the_order_of_the_parts() -> None:
    """A task with a mistake in every part shows their order."""
    task = a_task(
        Name="",
        Driver="",
        KillTimeout=-1,
        Resources=resources(CPU=1, DiskMB=5),
        LogConfig={"MaxFileSizeMB": 0, "MaxFiles": -1},
        Constraints=[a_constraint("")],
        Services=[a_service()],
        Artifacts=[an_artifact(GetterSource="")],
        Vault=a_vault(Policies=None),
        Templates=[a_template(Splay=-1)],
        DispatchPayload={"File": "../../../x"},
    )
    assert texts(task_problems(task, 0)) == [
        "Missing task name",
        "Missing task driver",
        "KillTimeout must be a positive value",
        "1: > minimum CPU value is 20; got 1",
        "Task can't ask for disk resources, they have to be specified at the task group level.",
        "2: > minimum number of files is 1; got -1 > minimum file size is 1MB; got 0",
        "Constraint 1 validation failed: 1: > Missing constraint operand",
        '1: > port label "http" referenced by services web does not exist',
        "log storage (0 MB) must be less than requested disk capacity (0 MB)",
        "Artifact 1 validation failed: 1: > source must be specified",
        "Vault validation failed: Policy list cannot be empty",
        "Template 1 validation failed: 1: > Must specify positive splay value",
        "Dispatch Payload validation failed: destination escapes allocation directory",
    ]


@pytest.mark.parametrize("name", ["a/b", "a\\b"])
def test_slashes_in_a_name(name: str) -> None:
    """Both kinds of slash are refused in a name."""
    assert texts(task_problems(a_task(Name=name), 300)) == ["Task name cannot include slashes"]


def test_logs_are_needed() -> None:
    """A task without a log config is refused: there is no default (recording register-invalid-logs)."""
    assert texts(task_problems(a_task(LogConfig=None), 300)) == ["Missing Log Config"]


@pytest.mark.parametrize(("files", "size", "used"), [(2, 5, 10), (2**32, 2**31 - 1, 2**63 - 2**32)])
def test_logs_have_to_fit_on_the_disk(files: int, size: int, used: int) -> None:
    """Logs as large as the disk are refused (recording register-invalid-logs-disk)."""
    task = a_task(LogConfig={"MaxFileSizeMB": size, "MaxFiles": files})
    assert texts(task_problems(task, 10)) == [
        f"log storage ({used} MB) must be less than requested disk capacity (10 MB)"
    ]
    assert texts(task_problems(task, used + 1)) == []


def test_log_space_that_overflows_is_negative_and_fits() -> None:
    """Log space wraps at 64 bits, and a negative size fits."""
    assert texts(task_problems(a_task(LogConfig={"MaxFileSizeMB": 2**32, "MaxFiles": 2**31}), 10)) == []
