"""Repeated members of a body: as in Go's encoding/json, the later value is decoded over the earlier one."""

import json
import re
from typing import Any

import pytest

from contract_tests.client.jobs import JobFactory, constraint, group, task
from contract_tests.client.nomad import Nomad
from contract_tests.statements import states
from contract_tests.suite import verify

REPEATED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"Datacenters": ["x"]}, {"Datacenters": ["x"]}),
    ({"Datacenters": ["x", "y", "z"]}, {"Datacenters": ["x", "y", "z"]}),
    ({"Meta": {"b": "2", "c": "3"}}, {"Meta": {"a": "1", "b": "2", "c": "3"}}),
    ({"Meta": {"b": None}}, {"Meta": {"a": "1", "b": ""}}),
    ({"Meta": None}, {"Meta": None}),
    ({"Name": None, "Priority": None, "Update": {"Stagger": None}}, {}),
    ({"Update": {"MaxParallel": 3}}, {"Update": {"Stagger": 10**10, "MaxParallel": 3}}),
    ({"Constraints": [{"RTarget": "z"}]}, {"Constraints": [{"LTarget": "a", "RTarget": "z", "Operand": "="}]}),
    ({"Constraints": []}, {"Constraints": None}),
    ({"Constraints": None}, {"Constraints": None}),
]
"""The members of a second mention of the job, and the result."""


@states("common.errors.repeated-members")
@pytest.mark.parametrize(("more", "changes"), REPEATED)
def test_what_is_said_twice_is_put_together(
    nomad: Nomad, factory: JobFactory, more: dict[str, Any], changes: dict[str, Any]
) -> None:
    """A repeated member is decoded over the earlier one: objects and maps are merged, lists replaced."""
    statement = "common.errors.repeated-members"
    members = {
        "Datacenters": ["d", "e"],
        "Meta": {"a": "1", "b": "1"},
        "Update": {"Stagger": 10**10, "MaxParallel": 2},
        "Constraints": [constraint("a", "b"), constraint("c", "d")],
    }
    job = factory.idle(nomad.new_id(), **members)
    body = f'{{"Job": {json.dumps(job)}, "Job": {json.dumps(more)}}}'
    nomad.own.claim(job["ID"])
    verify.ok(statement, nomad.act("register", job["ID"], body.encode()))
    found = nomad.job(job["ID"])
    expected = {"Name": job["Name"], "Priority": job["Priority"], **members, **changes}
    verify.equal(statement, found, {name: found.json[name] for name in expected}, expected)


@states("common.errors.repeated-members")
def test_groups_that_are_said_twice(nomad: Nomad, factory: JobFactory) -> None:
    """New elements of a list of objects are decoded over its old ones, even when the list was shorter in between."""
    statement = "common.errors.repeated-members"
    groups = [group("g", Count=0), group("h", Count=0, Meta={"own": "1"})]
    job = factory.service(nomad.new_id(), TaskGroups=groups)
    parts = (job, {"TaskGroups": [{"Name": "one"}]}, {"TaskGroups": [{}, {"Name": "two", "Meta": {"more": "2"}}]})
    body = "{" + ", ".join(f'"Job": {json.dumps(part)}' for part in parts) + "}"
    nomad.own.claim(job["ID"])
    verify.ok(statement, nomad.act("register", job["ID"], body.encode()))
    found = nomad.job(job["ID"])
    shown = {one["Name"]: (one["Meta"], [each["Name"] for each in one["Tasks"]]) for one in found.json["TaskGroups"]}
    verify.equal(statement, found, shown, {"one": (None, ["t"]), "two": ({"own": "1", "more": "2"}, ["t"])})


@states("common.errors.repeated-members")
def test_null_takes_an_object_back(nomad: Nomad, factory: JobFactory) -> None:
    """An optional object that is repeated as null is removed, and starts afresh when it is given again."""
    statement = "common.errors.repeated-members"
    taken: dict[str, Any] = {"ParameterizedJob": None, "TaskGroups": [{"Tasks": [{"DispatchPayload": None}]}]}
    again: dict[str, Any] = {"ParameterizedJob": {"MetaRequired": ["a"]}}
    begun = {"Payload": "optional", "MetaRequired": ["a"], "MetaOptional": None}
    for more, rules in (((taken,), None), ((taken, again), begun)):
        job = factory.parameterized(nomad.new_id(), "required")
        job["TaskGroups"] = [group("g", Tasks=[task("t", DispatchPayload={"File": "x"})])]
        body = "{" + ", ".join(f'"Job": {json.dumps(part)}' for part in (job, *more)) + "}"
        nomad.own.claim(job["ID"])
        verify.ok(statement, nomad.act("register", job["ID"], body.encode()))
        found = nomad.job(job["ID"])
        shown = (found.json["ParameterizedJob"], found.json["TaskGroups"][0]["Tasks"][0]["DispatchPayload"])
        verify.equal(statement, found, shown, (rules, None))


@states("common.errors.lenient-decoding")
def test_letters_that_are_cases_of_another(nomad: Nomad, factory: JobFactory) -> None:
    """Letter case is Unicode's: the long s and the Kelvin sign match s and k."""
    job = factory.idle(nomad.new_id())
    job["Datacenter\u017f"] = job.pop("Datacenters")
    job["Ta\u017f\u212aGroups"] = job.pop("TaskGroups")
    verify.ok("common.errors.lenient-decoding", nomad.register(job))
    found = nomad.job(job["ID"])
    shown = (found.json["Datacenters"], len(found.json["TaskGroups"] or ()))
    verify.equal("common.errors.lenient-decoding", found, shown, (job["Datacenter\u017f"], 1))


@states("common.errors.wrong-type")
@pytest.mark.parametrize("operation", ["register", "plan"])
def test_numbers_beyond_a_double(nomad: Nomad, factory: JobFactory, operation: str) -> None:
    """Inside free-form JSON, a number that no double can hold is refused with its text."""
    job = factory.idle(nomad.new_id())
    for number in ("1e999", "-1.5E+400"):
        body = json.dumps({"Job": job}).replace('"args": ["600"]', f'"args": {number}')
        done = nomad.act(operation, job["ID"], body.encode())
        text = rf"json: cannot unmarshal number {re.escape(number)} into Go .* of type float64"
        well = done.status == 400 and re.fullmatch(text, done.text) is not None
        verify.that("common.errors.wrong-type", done, well, f"400 {text}", f"{done.status} {done.text}")
