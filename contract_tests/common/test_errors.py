"""What is refused, with which status and text, and that nothing changes when it is."""

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.strategies import generated
from contract_tests.strategies.invalid import cases
from contract_tests.strategies.malformed import MALFORMED
from contract_tests.strategies.problems import Invalid
from contract_tests.suite import profiles, verify
from contract_tests.suite.statements import statement_mark, states

CASES = list(cases())
REQUESTS = {"register": "structs.JobRegisterRequest", "plan": "structs.JobPlanRequest"}


def untouched(nomad: Nomad, statement: str, job_id: str) -> None:
    """Require that there is no such job and no evaluation of one."""
    verify.missing(statement, nomad.job(job_id))
    found = nomad.evaluations(job_id)
    verify.equal(statement, found, found.json, [])


@states("job.plan.refuses-as-register")
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=statement_mark(f"job.register.refuses.{case.part}"), id=f"{case.part} {case.name}")
        for case in CASES
    ],
)
def test_an_invalid_job_is_refused(nomad: Nomad, workshop: JobFactory, case: Invalid) -> None:
    """A job that is invalid in one way is refused with the text for it, by PUT, POST and plan, and not stored."""
    job = case.of(workshop.service(nomad.new_id()))
    statement = f"job.register.refuses.{case.part}"
    for method in ("PUT", "POST"):
        done = nomad.register(job, method=method)
        verify.that(statement, done, not done.ok, f"a refusal: {case.name}", f"{done.status} {done.text[:200]}")
        fits = done.status == 500 and case.says(done.text)
        verify.that(statement, done, fits, f"500 {case.text}", f"{done.status} {done.text}")
        untouched(nomad, statement, job["ID"])
    planned = nomad.plan(job)
    fits = planned.status == 500 and case.says(planned.text)
    verify.that("job.plan.refuses-as-register", planned, fits, f"500 {case.text}", f"{planned.status} {planned.text}")


@states("job.register.refused-update-changes-nothing")
def test_a_refused_update_changes_nothing(nomad: Nomad, workshop: JobFactory) -> None:
    """An update that is refused leaves the stored job, its indexes, evaluations and summary as they were."""
    job = workshop.service(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    before = {op: nomad.read(op, job["ID"]).json for op in ("query", "summary", "evaluations")}
    for case in CASES:
        nomad.register(case.of({**copy.deepcopy(job), "Priority": 77}))
    for operation, expected in before.items():
        after = nomad.read(operation, job["ID"])
        verify.equal("job.register.refused-update-changes-nothing", after, after.json, expected)


@states("job.register.refuses.any-job")
def test_any_valid_job_becomes_invalid(nomad: Nomad, workshop: JobFactory) -> None:
    """Whatever else a job is, one thing wrong with it is enough to refuse it, and nothing is stored."""
    breaks: list[dict[str, Any]] = [
        {"Priority": 0},
        {"Priority": 101},
        {"Name": ""},
        {"Region": ""},
        {"Datacenters": None},
        {"TaskGroups": []},
        {"Payload": "aGk="},
    ]

    @given(generated.jobs(workshop), st.sampled_from(breaks))
    @profiles.cheaper(0.7)
    def check(job: dict[str, Any], wrong: dict[str, Any]) -> None:
        job = {**job, **wrong, "ID": nomad.new_id()}
        done = nomad.register(job)
        statement = "job.register.refuses.any-job"
        verify.that(statement, done, done.status == 500, f"500 for {wrong}", f"{done.status} {done.text[:200]}")
        untouched(nomad, statement, job["ID"])

    check()


@states("job.register.problems-in-order")
def test_several_problems_are_all_named(nomad: Nomad, workshop: JobFactory) -> None:
    """Everything that is wrong is listed, in a fixed order, with the problems of groups and tasks nested."""
    job = workshop.service(nomad.new_id(), Region="", Name="", Priority=0, Datacenters=[])
    job["TaskGroups"][0] |= {"Count": -1}
    job["TaskGroups"][0]["Tasks"][0] |= {"Resources": {"CPU": 1, "MemoryMB": 1}, "LogConfig": None}
    text = (
        "5 error(s) occurred:\n\n* Missing job region\n* Missing job name\n"
        "* Job priority must be between [1, 100]\n* Missing job datacenters\n"
        "* Task group g validation failed: 2 error(s) occurred:\n\n* Task group count can't be negative\n"
        "* Task t validation failed: 2 error(s) occurred:\n\n* 2 error(s) occurred:\n\n"
        "* minimum CPU value is 20; got 1\n* minimum MemoryMB value is 10; got 1\n* Missing Log Config"
    )
    verify.refused("job.register.problems-in-order", nomad.register(job), 500, text)
    untouched(nomad, "job.register.problems-in-order", job["ID"])


@states("job.register.refuses.space-in-id")
def test_a_space_in_the_id(nomad: Nomad, workshop: JobFactory) -> None:
    """An ID with a space is refused."""
    job = workshop.idle(f"{nomad.new_id()} x")
    text = "1 error(s) occurred:\n\n* Job ID contains a space"
    verify.refused("job.register.refuses.space-in-id", nomad.register(job), 500, text)


def _bad_bodies(kind: str) -> dict[bytes, str]:
    return {
        **MALFORMED,
        b'{"Job": {"ID": "x"': "unexpected EOF",
        b"null": "Job must be specified",
        b"{}": "Job must be specified",
        b'{"Job": null}': "Job must be specified",
        b'{"ID": "x"}': "Job must be specified",
        b'{"Job": {"ID": "another"}}': "Job ID does not match",
        b'{"Job": {}}': "Job ID does not match",
        b"[]": f"json: cannot unmarshal array into Go value of type {kind}",
        b'"x"': f"json: cannot unmarshal string into Go value of type {kind}",
        b'{"Job": {"Payload": "!!"}}': "illegal base64 data at input byte 0",
    }


@states("common.errors.bad-body", "job.register.id-must-match")
@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("operation", ["register", "plan"])
def test_bodies_that_cannot_be_read(nomad: Nomad, operation: str, method: str) -> None:
    """Malformed and truncated bodies, ones without a job and ones with another ID are answered with 400."""
    job_id = nomad.new_id()
    for body, text in _bad_bodies(REQUESTS[operation]).items():
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
def test_wrong_types_are_refused(nomad: Nomad, workshop: JobFactory, operation: str) -> None:
    """A value of the wrong type anywhere in the tree is answered with 400 and nothing is stored."""
    job = workshop.batch(nomad.new_id())
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


@states("common.errors.null-in-list")
def test_null_in_a_list(nomad: Nomad, workshop: JobFactory) -> None:
    """A null among groups or tasks is not accepted: a real agent closes the connection without an answer."""
    job = workshop.batch(nomad.new_id())
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


@states("common.errors.lenient-decoding")
def test_decoding_is_lenient_where_go_is(nomad: Nomad, workshop: JobFactory) -> None:
    """Names match in any case, unknown ones are dropped, the last of two counts, what follows the value is ignored."""
    job = workshop.idle(nomad.new_id())
    text = json.dumps({"Job": job})
    lower = json.dumps({"jOB": {name.upper(): value for name, value in job.items()}, "Unknown": [1]})
    twice = '{"Job": {"ID": "other"}, "Job": ' + text.removeprefix('{"Job": ')
    more = json.dumps({"Job": {**job, "Nonsense": {"a": 1}, "Update": {"Other": 1}}})
    for body in (lower, twice, more, f"{text} trailing", f" \n\t{text}\n"):
        done = nomad.act("register", job["ID"], body.encode())
        nomad.owns(job["ID"])
        verify.that("common.errors.lenient-decoding", done, done.ok, "200", f"{done.status} {done.text}")
        found = nomad.job(job["ID"])
        shown = (found.json["Name"], found.json["Datacenters"], "Nonsense" in found.json)
        verify.equal("common.errors.lenient-decoding", found, shown, (job["Name"], job["Datacenters"], False))


@states("common.errors.content-type-ignored")
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded", ""])
def test_the_content_type_does_not_matter(nomad: Nomad, workshop: JobFactory, content_type: str) -> None:
    """A body is read as JSON whatever its Content-Type says."""
    job = workshop.idle(nomad.new_id())
    headers = {"Content-Type": content_type} if content_type else {}
    done = nomad.send("register", "PUT", f"/v1/job/{job['ID']}", body={"Job": job}, headers=headers)
    verify.ok("common.errors.content-type-ignored", done)


@states("common.methods.body-in-chunks")
@pytest.mark.parametrize(
    "headers", [{"Transfer-Encoding": "chunked"}, {"Expect": "100-continue"}], ids=["chunks", "expect"]
)
def test_a_body_may_come_in_chunks(nomad: Nomad, workshop: JobFactory, headers: dict[str, str]) -> None:
    """The body of a write may come in chunks, or be announced first."""
    job = workshop.service(nomad.new_id(), Meta={"text": "x" * 50_000})
    statement = "common.methods.body-in-chunks"
    verify.ok(statement, nomad.send("register", "PUT", f"/v1/job/{job['ID']}", body={"Job": job}, headers=headers))
    found = verify.ok(statement, nomad.job(job["ID"]))
    verify.equal(statement, found, found.json["Meta"], job["Meta"])
