"""Which statement is broken when a property of a registered job is lost or changed."""

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.oracle.readback import FREE_FORM, differences
from contract_tests.words import Place

KEEPS = {
    "Constraints": "job.register.keeps.constraint",
    "Update": "job.register.keeps.update",
    "Periodic": "job.register.keeps.periodic",
    "ParameterizedJob": "job.register.keeps.parameterized-job",
    "TaskGroups": "job.register.keeps.task-group",
    "RestartPolicy": "job.register.keeps.restart-policy",
    "EphemeralDisk": "job.register.keeps.ephemeral-disk",
    "Tasks": "job.register.keeps.task",
    "Resources": "job.register.keeps.resources",
    "Networks": "job.register.keeps.network",
    "ReservedPorts": "job.register.keeps.port",
    "DynamicPorts": "job.register.keeps.port",
    "LogConfig": "job.register.keeps.log-config",
    "Artifacts": "job.register.keeps.artifact",
    "Templates": "job.register.keeps.template",
    "Vault": "job.register.keeps.vault",
    "DispatchPayload": "job.register.keeps.dispatch-payload",
    "Services": "job.register.keeps.service",
    "Checks": "job.register.keeps.check",
    "Env": "job.register.keeps.env",
}
"""The statement about a property of a job, by the name of the object that holds it."""
OBSERVED = {
    "ParentID": "job.register.keeps.job-extras",
    "Payload": "job.register.keeps.job-extras",
    "VaultToken": "job.register.keeps.job-extras",
    "StatusDescription": "job.register.keeps.job-extras",
    "User": "job.register.keeps.task-extras",
    "KillTimeout": "job.register.keeps.task-extras",
}
"""The statements about the properties of documented objects that the page does not show."""
ALL_KEEPS = sorted(
    {*KEEPS.values(), *OBSERVED.values(), "job.register.keeps.job", "job.register.keeps.network-address"}
)

_NOTHING: tuple[object, ...] = (None, [], {})


def read_back(job: Mapping[str, Any], place: Place, expected: object, actual: object) -> str:
    """Return the id of the statement that a difference between a submitted job and the stored one breaks.

    The page promises nothing about properties that were not submitted: their values are a statement of their own.
    """
    kept = keeps(place, expected, actual)
    apart = kept in ("job.register.empty-is-null", "job.register.keeps.vault")
    return kept if apart or _was_submitted(job, place, actual) else "job.register.default.others"


def _was_submitted(job: Mapping[str, Any], place: Place, actual: object) -> bool:
    """Return whether the value at a place is promised: it was submitted, or is in a map that was."""
    submitted = _value_at(job, _property(place))
    if _names(place)[-1:] == ("Constraints",) and isinstance(actual, list):
        # Only the submitted constraints, which come first, are promised: a server adds others for what a task needs.
        own = submitted or []
        return len(own) > len(actual) or any(differences(own, actual[: len(own)]))
    return submitted is not None


def statements_compared(job: Mapping[str, Any], expected: Mapping[str, Any]) -> set[str]:
    """Return the ids of the statements that a comparison of the stored job with the expected one puts to the test."""
    return {
        "job.register.default.others" if given is None and not apart else statement
        for place, value, given in _leaves(expected, job, ())
        for statement, apart in _kept_when_alike(place, value in _NOTHING)
    }


def _leaves(expected: Any, submitted: Any, place: Place) -> Iterator[tuple[Place, object, object]]:
    """Yield (place without numbers, expected, submitted) for every leaf; what was not submitted is None."""
    if isinstance(expected, dict) and expected:
        known = submitted if isinstance(submitted, Mapping) else {}
        for name, member in expected.items():
            yield from _leaves(member, known.get(name), (*place, name))
    elif isinstance(expected, list) and expected:
        items = submitted if isinstance(submitted, list) else []
        for number, item in enumerate(expected):
            yield from _leaves(item, items[number] if number < len(items) else None, place)
    else:
        yield place, expected, submitted


@functools.lru_cache(4096)
def _kept_when_alike(place: Place, nothing: bool) -> tuple[tuple[str, bool], ...]:
    """Return the statements that an equal leaf confirms, and whether each is about leaves that were not submitted."""
    if not nothing:
        return ((keeps(place), False),)
    vault = (("job.register.keeps.vault", True),) if _names(place)[-1] == "Vault" else ()
    return (("job.register.empty-is-null", True), *vault)


def _value_at(job: Any, place: Place) -> Any:
    """Return the value at a place of a job, None when there is none."""
    for step in place:
        if isinstance(step, int):
            job = job[step] if isinstance(job, list) and step < len(job) else None
        else:
            job = job.get(step) if isinstance(job, Mapping) else None
    return job


def _property(place: Place) -> Place:
    """Return the place of the property that a place belongs to: the whole map for a place in a free-form map."""
    return place[: next((number for number, step in enumerate(place, 1) if step in FREE_FORM), len(place))]


def _names(place: Place) -> tuple[str, ...]:
    """Return the names of the properties that lead to a place, without keys of free-form maps."""
    return tuple(step for step in _property(place) if isinstance(step, str))


def keeps(place: Place, expected: object = (), actual: object = ()) -> str:
    """Return the id of the statement that the property at a place is read back as submitted.

    Two things are statements of their own, because the page promises neither: whether nothing is answered as null or
    as empty, and the addresses of networks, which a server may set.
    """
    if expected in _NOTHING and actual in _NOTHING:
        return "job.register.empty-is-null"
    names = _names(place)
    found = [KEEPS[name] for name in names if name in KEEPS] or ["job.register.keeps.job"]
    if found[-1] in ("job.register.keeps.job", "job.register.keeps.task") and names[-1] in OBSERVED:
        return OBSERVED[names[-1]]
    if found[-1] == "job.register.keeps.network" and names[-1] in ("CIDR", "Device", "IP"):
        return "job.register.keeps.network-address"
    return found[-1]
