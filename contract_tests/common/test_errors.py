"""Refused requests: the status, the text, and that nothing changes."""

import copy
import json
import re
from typing import Any

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.job.test_register_refusals import untouched
from contract_tests.statements import states
from contract_tests.strategies.malformed import MALFORMED, NEARLY_WELL
from contract_tests.suite import verify

REQUESTS = {"register": "structs.JobRegisterRequest", "plan": "structs.JobPlanRequest"}


def _bad_bodies(kind: str, other_id: str) -> dict[bytes, str]:
    """Return bodies and the text that refuses each; a server that takes one has a job of this run, not of others."""
    other = json.dumps({"ID": other_id}).encode()
    return {
        **MALFORMED,
        **NEARLY_WELL,
        b'{"Job": {"ID": "x"': "unexpected EOF",
        b"null": "Job must be specified",
        b"{}": "Job must be specified",
        b'{"Job": null}': "Job must be specified",
        other: "Job must be specified",
        b'{"Job": %b}' % other: "Job ID does not match",
        b'{"Job": {}}': "Job ID does not match",
        b"[]": f"json: cannot unmarshal array into Go value of type {kind}",
        b'"x"': f"json: cannot unmarshal string into Go value of type {kind}",
        b'{"Job": {"Payload": "!!"}}': "illegal base64 data at input byte 0",
    }


@states("common.errors.bad-body", "common.errors.plain-text", "common.errors.bare-text", "job.register.id-must-match")
@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("operation", ["register", "plan"])
def test_bodies_that_cannot_be_read(nomad: Nomad, operation: str, method: str) -> None:
    """Malformed and truncated bodies, ones without a job and ones with another ID are answered with 400."""
    job_id = nomad.new_id()
    for body, text in _bad_bodies(REQUESTS[operation], nomad.new_id()).items():
        statement = "job.register.id-must-match" if "match" in text else "common.errors.bad-body"
        verify.refused(statement, nomad.act(operation, job_id, body, method=method), 400, text)
    untouched(nomad, "common.errors.bad-body", job_id)


ODD_VALUES: dict[str, list[Any]] = {
    "Priority": [50.0, 1.5, True, [], {}, 2**63],
    "Update": [{"Stagger": "10s"}, {"MaxParallel": "1"}, {"Stagger": 1.5}, []],
    "Meta": [{"a": 1}, {"a": {}}, []],
}
WRONG_TYPES: list[tuple[str, Any]] = [
    *[(name, 5) for name in ("Region", "Name", "Type", "Datacenters", "Constraints", "TaskGroups", "Meta", "Update")],
    *[(name, "x") for name in ("Priority", "AllAtOnce", "Datacenters", "TaskGroups", "Update", "Periodic", "Meta")],
    *[(name, value) for name, values in ODD_VALUES.items() for value in values],
    ("Periodic", {"Enabled": "yes"}),
    ("ParameterizedJob", {"MetaRequired": "x"}),
    ("CreateIndex", -1),
]
WRONG_IN_GROUP: list[dict[str, Any]] = [
    {"Count": "1"},
    {"Count": 1.5},
    {"Name": 5},
    {"Tasks": {}},
    {"RestartPolicy": {"Delay": "15s"}},
    {"EphemeralDisk": {"SizeMB": "300"}},
    {"EphemeralDisk": {"Sticky": "true"}},
]
WRONG_IN_TASK: list[dict[str, Any]] = [
    {"Config": []},
    {"Config": "x"},
    {"Env": {"A": 1}},
    {"KillTimeout": "5s"},
    {"Resources": {"CPU": "20"}},
    {"Resources": {"Networks": [{"MBits": "1"}]}},
    {"Resources": {"Networks": [{"DynamicPorts": [{"Value": "1"}]}]}},
    {"LogConfig": {"MaxFiles": 1.5}},
    {"Services": [{"Tags": "x"}]},
    {"Services": [{"Checks": [{"Interval": "10s"}]}]},
    {"Artifacts": [{"GetterOptions": []}]},
    {"Templates": [{"Splay": "5s"}]},
    {"Vault": {"Policies": "x"}},
    {"DispatchPayload": {"File": 1}},
    {"User": 0},
]


CANNOT_UNMARSHAL = re.compile(
    r"json: cannot unmarshal (array|bool|number|object|string)( [-+.\w]+)?"
    r" into Go (value|struct field [A-Za-z]\w*(\.\w+)*) of type (\[\]|\*|map\[string\])*"
    r"(string|bool|u?int(8|64)?|time\.Duration|interface \{\}|structs\.[A-Z]\w+)"
)


def cannot_unmarshal(text: str) -> bool:
    """A text such as "json: cannot unmarshal string into Go value of type int", with a field in newer builds."""
    return CANNOT_UNMARSHAL.fullmatch(text) is not None


@states("common.errors.wrong-type")
@pytest.mark.parametrize("operation", ["register", "plan"])
def test_wrong_types_are_refused(nomad: Nomad, factory: JobFactory, operation: str) -> None:
    """A value of the wrong type anywhere in the tree is answered with 400 and nothing is stored."""
    job = factory.batch(nomad.new_id())
    wrong = [{**job, name: value} for name, value in WRONG_TYPES]
    for place, members in [("group", one) for one in WRONG_IN_GROUP] + [("task", one) for one in WRONG_IN_TASK]:
        bad = copy.deepcopy(job)
        holder = bad["TaskGroups"][0] if place == "group" else bad["TaskGroups"][0]["Tasks"][0]
        holder.update(members)
        wrong.append(bad)
    for bad in wrong:
        body = json.dumps({"Job": bad}).encode()
        verify.refused("common.errors.wrong-type", nomad.act(operation, job["ID"], body), 400, cannot_unmarshal)
    untouched(nomad, "common.errors.wrong-type", job["ID"])


@states("common.errors.null-in-list", "common.schema.survives-any-input")
def test_null_in_a_list(nomad: Nomad, factory: JobFactory) -> None:
    """A null among groups or tasks is not accepted, a real agent closes the connection; a job after that is."""
    job = factory.batch(nomad.new_id())
    (one,) = job["TaskGroups"]
    (only,) = one["Tasks"]
    checks: dict[str, Any] = {"Services": [{"Name": "s", "Checks": [None]}]}
    networks = {"Resources": {**only["Resources"], "Networks": [None]}}
    parts: list[dict[str, Any]] = [
        *({name: [None]} for name in ("Artifacts", "Constraints", "Services", "Templates")),
        checks,
        networks,
    ]
    lists = [[None], [only, None], *([{**only, **part}] for part in parts)]
    tasks = [*({**one, "Tasks": found} for found in lists), {**one, "Constraints": [None]}]
    for groups in ([None], [one, None], *([each] for each in tasks)):
        done = nomad.register({**job, "TaskGroups": groups})
        verify.that("common.errors.null-in-list", done, not done.ok, "no success", done.text)
    untouched(nomad, "common.errors.null-in-list", job["ID"])
    verify.ok("common.schema.survives-any-input", nomad.register(job))


@states("common.errors.lenient-decoding")
def test_decoding_is_lenient_where_go_is(nomad: Nomad, factory: JobFactory) -> None:
    """Names match in any case; unknown ones and text after the value are ignored; the last duplicate counts."""
    job = factory.idle(nomad.new_id())
    text = json.dumps({"Job": job})
    lower = json.dumps({"jOB": {name.upper(): value for name, value in job.items()}, "Unknown": [1]})
    twice = '{"Job": {"ID": "other"}, "Job": ' + text.removeprefix('{"Job": ')
    more = json.dumps({"Job": {**job, "Nonsense": {"a": 1}, "Update": {"Other": 1}}})
    for body in (lower, twice, more, f"{text} trailing", f" \n\t{text}\n"):
        done = nomad.act("register", job["ID"], body.encode())
        nomad.own.claim(job["ID"])
        verify.that("common.errors.lenient-decoding", done, done.ok, "200", f"{done.status} {done.text}")
        found = nomad.job(job["ID"])
        shown = (found.json["Name"], found.json["Datacenters"], "Nonsense" in found.json)
        verify.equal("common.errors.lenient-decoding", found, shown, (job["Name"], job["Datacenters"], False))


@states("common.errors.content-type-ignored")
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded", ""])
def test_the_content_type_does_not_matter(nomad: Nomad, factory: JobFactory, content_type: str) -> None:
    """A body is read as JSON whatever its Content-Type says."""
    job = factory.idle(nomad.new_id())
    headers = {"Content-Type": content_type} if content_type else {}
    done = nomad.send("register", "PUT", f"/v1/job/{job['ID']}", body={"Job": job}, headers=headers)
    verify.ok("common.errors.content-type-ignored", done)
