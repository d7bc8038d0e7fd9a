"""Rules of jobs."""

from typing import Any

import pytest

from mockserver.jobs.validate.job import job_problems
from tests.builders import a_group, a_job
from tests.jobs.validate.parts import a_constraint, texts


def _periodic(**known: Any) -> dict[str, Any]:
    return {"Enabled": True, "ProhibitOverlap": False, "Spec": "* * * * *", "SpecType": "cron"} | known


def _parameterized(**known: Any) -> dict[str, Any]:
    return {"MetaOptional": None, "MetaRequired": None, "Payload": "optional"} | known


def test_a_job_that_is_accepted() -> None:
    """A valid job is accepted; its ID may have white space other than a space."""
    assert texts(job_problems(a_job(ID="a\tb/c"))) == []


def test_a_job_with_nothing_in_it() -> None:
    """An empty job gets a problem for everything that is missing (recording register-invalid-empty-job)."""
    empty = a_job(ID="", Name="", Region="", Type="", Priority=0, Datacenters=None, TaskGroups=None)
    assert texts(job_problems(empty)) == [
        "Missing job region",
        "Missing job ID",
        "Missing job name",
        "Missing job type",
        "Job priority must be between [1, 100]",
        "Missing job datacenters",
        "Missing job task groups",
    ]


@pytest.mark.parametrize("priority", [1, 100])
def test_priorities_at_the_limits(priority: int) -> None:
    """Priorities at the limits are valid."""
    assert texts(job_problems(a_job(Priority=priority))) == []


@pytest.mark.parametrize("priority", [-1, 101, 2**63 - 1])
def test_priorities_beyond(priority: int) -> None:
    """The problem names the limits (recording register-invalid-priority)."""
    assert texts(job_problems(a_job(Priority=priority))) == ["Job priority must be between [1, 100]"]


def test_a_space_in_an_id() -> None:
    """A space in an ID is refused (recording register-invalid-id-space)."""
    assert texts(job_problems(a_job(ID="a b"))) == ["Job ID contains a space"]


def test_names_and_counts_of_groups() -> None:
    """Names are checked before the groups themselves (recording register-invalid-duplicate-groups)."""
    job = a_job(a_group(), a_group(Count=2), a_group(Name="", Count=3), Type="system", Constraints=[a_constraint("")])
    assert texts(job_problems(job)) == [
        "Constraint 1 validation failed: 1: > Missing constraint operand",
        "Job task group 2 redefines 'g' from group 1",
        "Job task group g has count 2. Count cannot exceed 1 with system scheduler",
        "Job task group 3 missing name",
        "Job task group  has count 3. Count cannot exceed 1 with system scheduler",
        "Task group  validation failed: 1: > Missing task group name",
    ]


@pytest.mark.parametrize(
    ("periodic", "problems"),
    [
        (_periodic(), []),
        (_periodic(Enabled=False, Spec=""), []),
        (_periodic(SpecType="_internal_test", Spec="1,2"), []),
        (_periodic(Spec="", SpecType=""), ["Must specify a spec"]),
        (_periodic(SpecType="Cron"), ['Unknown periodic specification type "Cron"']),
        (_periodic(Spec="zz"), ['Invalid cron spec "zz": missing field(s)']),
    ],
)
def test_periodic_jobs(periodic: dict[str, Any], problems: list[str]) -> None:
    """A disabled Periodic block is not checked (recording register-invalid-periodic)."""
    assert texts(job_problems(a_job(Type="batch", Periodic=periodic))) == problems


@pytest.mark.parametrize(
    ("config", "problems"),
    [
        (_parameterized(MetaRequired=["a"], MetaOptional=["b"]), []),
        (_parameterized(Payload="x"), ['1: > Unknown payload requirement: "x"']),
        (
            _parameterized(MetaRequired=["c", "b", "a"], MetaOptional=["a", "b"]),
            ["1: > Required and optional meta keys should be disjoint. Following keys exist in both: [a b]"],
        ),
    ],
)
def test_parameterized_jobs(config: dict[str, Any], problems: list[str]) -> None:
    """The problems of the block are one item without a header (recording register-invalid-parameterized)."""
    assert texts(job_problems(a_job(Type="batch", ParameterizedJob=config))) == problems


def test_only_batch_jobs_are_launched_by_something_else() -> None:
    """A batch job may be periodic and parameterized at once, a service neither."""
    both = {"Periodic": _periodic(), "ParameterizedJob": _parameterized()}
    assert texts(job_problems(a_job(Type="batch", **both))) == []
    assert texts(job_problems(a_job(Type="service", **both))) == [
        'Periodic can only be used with "batch" scheduler',
        'Parameterized job can only be used with "batch" scheduler',
    ]
