"""What is remembered of groups that were found sound, and what is looked at each time all the same."""

from typing import Any

import pytest

from mockserver.errors import Refused
from mockserver.jobs.submitted import prepared
from mockserver.jobs.validate import STANDARD_DRIVERS
from tests.builders import a_group, a_job, a_task

SERVICE = {"Id": "", "Name": "${JOB}-${TASK}", "PortLabel": "", "Tags": None, "Checks": None}


def _prepared(job: Any, drivers: frozenset[str] = STANDARD_DRIVERS) -> Any:
    return prepared(job, drivers=drivers, values_of=lambda _: ())


def test_equal_groups_are_prepared_once() -> None:
    """Jobs with an equal group have the very same one afterwards."""
    first, second = _prepared(a_job(ID="one")), _prepared(a_job(ID="two"))
    assert first["TaskGroups"][0] is second["TaskGroups"][0]
    assert (first["ID"], second["ID"]) == ("one", "two")


def test_the_name_of_the_job_counts_where_it_shows() -> None:
    """A service that is named after its job gets the name of its own job."""
    jobs = [_prepared(a_job(a_group(a_task(Services=[SERVICE])), Name=name)) for name in ("one", "two")]
    assert [job["TaskGroups"][0]["Tasks"][0]["Services"][0]["Name"] for job in jobs] == ["one-t", "two-t"]


def test_the_type_of_the_job_counts() -> None:
    """The default restart policy of an equal group is that of the job's own type."""
    policies = [
        _prepared(a_job(a_group(RestartPolicy=None), Type=kind))["TaskGroups"][0]["RestartPolicy"]["Attempts"]
        for kind in ("service", "batch")
    ]
    assert policies == [2, 15]


@pytest.mark.parametrize(
    "wrong",
    [
        {"Priority": 0},
        {"Constraints": [None]},
        {"Type": "_core"},
        {"TaskGroups": [a_group(), a_group()]},
        {"TaskGroups": [a_group(Count=20_000)]},
        {"TaskGroups": [a_group(a_task(Driver="unknown"))]},
        {"Constraints": [{"LTarget": "a", "Operand": "regexp", "RTarget": "("}]},
    ],
)
def test_what_is_wrong_is_found_beside_sound_groups(wrong: Any) -> None:
    """A job with groups that were sound before is refused in the same words as one with groups never seen."""
    _prepared(a_job())
    _prepared(a_job(Type="system"))
    texts = []
    for name in ("g", "never-seen"):
        groups = [{**group, "Name": name} for group in wrong.get("TaskGroups", [a_group()])]
        with pytest.raises(Refused) as refused:
            _prepared(a_job(*groups) | {**wrong, "TaskGroups": groups})
        texts.append(refused.value.text.replace("never-seen", "g"))
    assert texts[0] == texts[1]


def test_other_drivers_are_another_agent() -> None:
    """A group that one agent takes is refused by another that does not know its driver."""
    _prepared(a_job())
    with pytest.raises(Refused, match="unknown driver"):
        _prepared(a_job(), frozenset({"docker"}))
