"""Whole validation errors, as recorded with a real agent."""

import json
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any, cast

import pytest

from mockserver.errors import Refused
from mockserver.jobs.canonicalize import add_implicit_constraints, with_defaults
from mockserver.jobs.validate import MOCK_DRIVER, STANDARD_DRIVERS, InvalidJob, check_vault, validate
from mockserver.jobs.validate.problems import innermost
from mockserver.openapi import load_contract
from tests.builders import a_group, a_job, a_task
from tests.each import each
from tests.jobs.validate.parts import a_vault

_RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
_REFUSED = "error(s) occurred:"
_OPERATIONS = load_contract().operations


def _recorded() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Return every registration and plan that was accepted or invalid: name, how to decode it, body, reply."""
    for file in sorted(_RECORDINGS.glob("*.json")):
        for step in json.loads(file.read_text("utf-8"))["steps"]:
            request, answer = step["request"], step["response"]
            operation = "planJob" if request["path"].endswith("/plan") else "registerJob"
            if '"Job"' not in (request["body"] or "") or request["method"] == "GET":
                continue
            if answer["status"] == 200 or (answer["body"] and _REFUSED in answer["body"]):
                yield f"{file.stem}-{step['step']}", operation, request["body"], answer


@each(_recorded(), lambda one: one[0])
def test_recorded_answers(one: tuple[str, str, str, dict[str, Any]]) -> None:
    """Recorded jobs are accepted, or refused with the same text, byte for byte; each problem's place is in the job."""
    _, operation, body, answer = one
    decoded = _OPERATIONS[operation].decode(body.encode())
    assert decoded is not None
    job = add_implicit_constraints(with_defaults(decoded["Job"]))
    if answer["status"] == 200:
        validate(job)
    else:
        with pytest.raises(InvalidJob) as refused:
            validate(job)
        assert refused.value.text == answer["body"]
        for place, _ in innermost(refused.value.problems):
            holder: Any = reduce(lambda value, step: value[step], place[:-1], cast("Any", job))
            assert place[-1] in (holder if isinstance(holder, dict) else range(len(holder)))


def test_drivers_are_given() -> None:
    """An agent may know more drivers than the standard ones."""
    job = a_job(a_group(a_task(Driver=MOCK_DRIVER)))
    validate(job, drivers={*STANDARD_DRIVERS, MOCK_DRIVER})
    with pytest.raises(Refused, match="unknown driver"):
        validate(job)


def test_vault_is_not_enabled() -> None:
    """A Vault block is refused at registration, after everything else (recording register-invalid-vault)."""
    check_vault(a_job())
    check_vault(a_job(TaskGroups=None))
    with pytest.raises(Refused, match=r"^Vault not enabled and Vault policies requested$"):
        check_vault(a_job(a_group(a_task(), a_task(Vault=a_vault()))))
