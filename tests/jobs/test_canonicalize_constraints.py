"""Constraints that follow from Vault and signals."""

from typing import Any

from mockserver.jobs.canonicalize import add_implicit_constraints, signals_of
from tests.builders import a_group, a_job, a_task
from tests.loose_types import Constraint, Job

_VAULT = {"ChangeMode": "noop", "ChangeSignal": "", "Env": True, "Policies": ["p"]}
_VAULT_VERSION: Constraint = {"LTarget": "${attr.vault.version}", "Operand": "version", "RTarget": ">= 0.6.1"}
_LINUX: Constraint = {"LTarget": "${attr.kernel.name}", "Operand": "=", "RTarget": "linux"}


def _template(signal: str, mode: str = "signal") -> dict[str, Any]:
    return {"ChangeMode": mode, "ChangeSignal": signal}


def _signals(listed: str) -> Constraint:
    return {"LTarget": "${attr.os.signals}", "Operand": "set_contains", "RTarget": listed}


def _constraints(job: Job) -> list[Any]:
    return [group["Constraints"] for group in add_implicit_constraints(job)["TaskGroups"] or ()]


def test_most_jobs_get_none() -> None:
    """Null constraints stay null, and empty ones empty, which a plan tells apart."""
    assert _constraints(a_job(a_group(), a_group(Constraints=[]))) == [None, []]
    assert add_implicit_constraints(a_job(TaskGroups=None))["TaskGroups"] is None
    assert _constraints(a_job(a_group(Tasks=None))) == [None]


def test_vault_and_signals_follow_what_was_given() -> None:
    """Vault comes first, then all signals of the group in one constraint (recording register-all-fields)."""
    tasks = [
        a_task(Vault={**_VAULT, "ChangeMode": "signal", "ChangeSignal": "SIGUSR1"}),
        a_task(Templates=[_template("SIGHUP"), _template("SIGINT", "restart"), _template("SIGUSR1")]),
    ]
    job = a_job(a_group(*tasks, Constraints=[_LINUX]), a_group())
    assert _constraints(job) == [[_LINUX, _VAULT_VERSION, _signals("SIGHUP,SIGUSR1")], None]
    assert job["TaskGroups"][0]["Constraints"] == [_LINUX]


def test_a_constraint_that_is_there_is_not_added_again() -> None:
    """A job that was read back gets no constraint twice."""
    once = add_implicit_constraints(a_job(a_group(a_task(Vault=_VAULT, Templates=[_template("SIGHUP")]))))
    assert add_implicit_constraints(once) == once
    assert _constraints(once) == [[_VAULT_VERSION, _signals("SIGHUP")]]


def test_signals_of_a_task() -> None:
    """Signals are sorted and unique; an empty one counts."""
    task = a_task(Templates=[_template("B"), _template(""), _template("A"), _template("B")])
    assert signals_of(task) == ["", "A", "B"]
