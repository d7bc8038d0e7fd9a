"""Mutants that refuse what is at a limit and just allowed."""

from collections.abc import Callable, Iterator
from typing import Any

from mockserver.errors import Refused
from mockserver.gostd.durations import SECOND
from tests.mutants.mutant import mutant
from tests.mutants.vocabulary import validation


def _limit(name: str, sentence: str, wrong: Callable[[dict[str, Any]], bool], *caught_by: str) -> None:
    """Declare a mutant that refuses a valid job for one of its properties."""

    def refusing(validate: Any) -> Callable[..., None]:
        def broken(job: Any, **known: Any) -> None:
            validate(job, **known)
            if wrong(job):
                raise Refused(sentence)

        return broken

    mutant(f"limit.{name}", sentence, *caught_by, "job.register.limits", "job.*", "common.*")(validation(refusing))


def _tasks(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for group in job["TaskGroups"]:
        yield from group["Tasks"]


def _services(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for task in _tasks(job):
        yield from task["Services"] or ()


def _checks(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for service in _services(job):
        yield from service["Checks"] or ()


def _impatient(group: dict[str, Any]) -> bool:
    policy = group["RestartPolicy"]
    return bool(policy["Attempts"] > 5 and policy["Attempts"] * policy["Delay"] == policy["Interval"])


def _logs(job: dict[str, Any]) -> int:
    return max((one["LogConfig"]["MaxFiles"] * one["LogConfig"]["MaxFileSizeMB"] for one in _tasks(job)), default=0)


_limit("log-sum", "The logs are larger than any disk.", lambda job: _logs(job) >= 2**63)
_limit("priority-100", "The priority 100 is too high.", lambda job: job["Priority"] == 100)
_limit("priority-1", "The priority 1 is too low.", lambda job: job["Priority"] == 1)
_limit("disk-10", "A disk of 10 MB is too small.", lambda job: job["TaskGroups"][0]["EphemeralDisk"]["SizeMB"] == 10)
_limit(
    "timeout-1s", "A timeout of a second is too short.", lambda job: any(c["Timeout"] == SECOND for c in _checks(job))
)
_limit(
    "interval-1s",
    "An interval of a second is too short.",
    lambda job: any(c["Interval"] == SECOND for c in _checks(job)),
)
_limit("restarts", "Restarts must leave time.", lambda job: any(map(_impatient, job["TaskGroups"])))
_limit("logs", "Logs must leave two megabytes.", lambda job: _logs(job) == 299)
_limit("check-type", "A check's type is in lower case.", lambda job: any(c["Type"].isupper() for c in _checks(job)))
_limit(
    "service-name", "A service's name is shorter than 63.", lambda job: any(len(s["Name"]) > 62 for s in _services(job))
)
_limit(
    "unknown-operand",
    "An operand has to be known.",
    lambda job: any(one["Operand"] == "resembles" for one in job["Constraints"] or ()),
)
_limit(
    "vault-restart",
    "Vault may not restart a task.",
    lambda job: any((task["Vault"] or {}).get("ChangeMode") == "restart" for task in _tasks(job)),
    "job.register.refuses.vault-when-off",
)
