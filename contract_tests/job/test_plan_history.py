"""PUT and POST /v1/job/<ID>/plan: plans of stored jobs: the changes in the diff, and the counted updates."""

import copy
from typing import Any

import pytest

from contract_tests.client.jobs import JobFactory, constraint, group, task
from contract_tests.client.nomad import Job, Nomad
from contract_tests.durations import SECOND
from contract_tests.job.test_allocations import placed
from contract_tests.job.test_plan import DIFFS, ZERO_TIME, diff_of, verify_diff
from contract_tests.job.test_register_numbers import NUMBERS, with_arguments
from contract_tests.job.test_register_verbatim import several
from contract_tests.oracle import shapes
from contract_tests.statements import states
from contract_tests.suite import verify


def config(*args: Any) -> dict[str, Any]:
    """Return members of a job of one idle task with these arguments."""
    return {"TaskGroups": [group("g", Count=0, Tasks=[task("t", Config={"command": "x", "args": list(args)})])]}


def of_task(**members: Any) -> dict[str, Any]:
    """Return members of a job of one idle task with members of its own."""
    return {"TaskGroups": [group("g", Count=0, Tasks=[task("t", **members)])]}


def artifact(**options: str) -> list[dict[str, Any]]:
    """Return an artifact with options, in this order."""
    return [{"GetterSource": "a", "GetterOptions": options}]


def template(*places: str) -> list[dict[str, Any]]:
    """Return a template for each destination."""
    return [{"EmbeddedTmpl": "x", "DestPath": one, "ChangeMode": "noop", "Splay": SECOND} for one in places]


A, B = constraint("a", "a"), constraint("b", "b")
BY_CODE = ("10", "9", "B", "a", "a.b", "b", "\u00e9", "\uffee", "\U0001f980")
"""Names in the order of their code points: that of UTF-8, but neither of UTF-16 nor of any dictionary."""
MANY = [str(number) for number in range(12)]
PAIRS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "text and number": ("task", config("5"), config(5)),
    "text and boolean": ("task", config("true"), config(True)),
    "null and text": ("task", config(None), config("nil")),
    "null and none": ("task", config(None, "x"), config("x")),
    "depth": ("task", config([{"a": [{"b": [1]}]}]), config([{"a": [{"b": [2, [3]]}]}])),
    "many arguments": ("task", config(*MANY), config(*MANY[:2], "x", *MANY[3:])),
    "empty and not": ("task", config([], {}), config()),
    "order of constraints": ("constraint", {"Constraints": [A, B]}, {"Constraints": [B, A]}),
    "constraint once more": ("constraint", {"Constraints": [A, B]}, {"Constraints": [A, B, A]}),
    "constraint twice at once": ("constraint", {}, {"Constraints": [A, dict(reversed(A.items()))]}),
    "artifact twice at once": ("artifact", of_task(), of_task(Artifacts=[*artifact(), *artifact()])),
    "constraint once less": ("constraint", {"Constraints": [A, A]}, {"Constraints": [A]}),
    "order of datacenters": ("job", {"Datacenters": ["x", "y"]}, {"Datacenters": ["y", "x"]}),
    "datacenter once more": ("job", {"Datacenters": ["x", "y"]}, {"Datacenters": ["y", "x", "x"]}),
    "one key for another": ("job", {"Meta": {"a": "1", "b": "1"}}, {"Meta": {"b": "2", "c": "1"}}),
    "one variable for another": ("task", of_task(Env={"A": "1", "B": "1"}), of_task(Env={"B": "2", "C": "1"})),
    "empty metadata": ("job", {"Meta": {"a": "1", "b": ""}}, {"Meta": {"a": "", "c": ""}}),
    "end of long values": ("job", {"Meta": {"a": "x" * 5000 + "1"}}, {"Meta": {"a": "x" * 5000 + "2"}}),
    "end of a long argument": ("task", config("x" * 5000 + "1"), config("x" * 5000 + "2")),
    "description": ("job", {"StatusDescription": "one"}, {"StatusDescription": "two"}),
    "order of options": (
        "artifact",
        of_task(Artifacts=artifact(a="1", b="2")),
        of_task(Artifacts=artifact(b="2", a="1")),
    ),
    "order of templates": ("template", of_task(Templates=template("x", "y")), of_task(Templates=template("y", "x"))),
    "order of variables": ("task", of_task(Env={"A": "1", "B": "2"}), of_task(Env={"B": "2", "A": "1"})),
    "no services": ("service", of_task(), of_task(Services=[])),
    "no artifacts": ("artifact", of_task(), of_task(Artifacts=[])),
    "no templates": ("template", of_task(Templates=[]), of_task()),
    "from zero": ("task-group", {"TaskGroups": [group("g", Count=0)]}, {"TaskGroups": [group("g", Count=2)]}),
    "to zero": ("task-group", {"TaskGroups": [group("g", Count=2)]}, {"TaskGroups": [group("g", Count=0)]}),
    "another group of nothing": (
        "task-group",
        {"TaskGroups": [group("g", Count=0)]},
        {"TaskGroups": [group("g", Count=0), group("h", Count=0)]},
    ),
    "a group of nothing less": (
        "task-group",
        {"TaskGroups": [group("g", Count=0), group("h", Count=0)]},
        {"TaskGroups": [group("g", Count=0)]},
    ),
}
"""What the difference is about, and what both versions of a job have."""


@states(*sorted({DIFFS[part] for part, _, _ in PAIRS.values()}))
@pytest.mark.parametrize("name", PAIRS)
def test_what_counts_as_a_difference(nomad: Nomad, factory: JobFactory, name: str) -> None:
    """Kinds of values differ in Config; order and repetition of constraints, datacenters and options mean nothing."""
    part, before, after = PAIRS[name]
    job = factory.idle(nomad.new_id())
    old, new = job | before, job | after
    verify.ok("job.register.creates", nomad.register(old))
    nomad.settle(job["ID"])
    verify_diff(DIFFS[part], nomad.plan(new), old, new)


def with_other_ends(job: Job) -> Job:
    """Return a job in which the last member of every list and map is another one."""
    job = copy.deepcopy(job)
    group = job["TaskGroups"][-1]
    task = group["Tasks"][-1]
    job["Datacenters"][-1] += "-other"
    for one in (job, group, task):
        one["Constraints"][-1]["RTarget"] += "-other"
        one["Meta"][list(one["Meta"])[-1]] += "-other"
    task["Env"][list(task["Env"])[-1]] += "-other"
    task["Config"]["args"][-1] += "-other"
    task["Config"]["labels"][-1]["other"] = "1"
    task["Artifacts"][-1]["RelativeDest"] += "-other"
    task["Templates"][-1]["EmbeddedTmpl"] += "-other"
    task["Services"][-1]["Checks"][-1]["Command"] += "-other"
    network = task["Resources"]["Networks"][-1]
    network["ReservedPorts"][-1]["Value"] = 9000
    return job


@states("job.plan.diff.of-any-two-jobs")
def test_the_ends_of_long_lists_are_compared(nomad: Nomad, factory: JobFactory) -> None:
    """Of lists and maps with three and more members, at every level, a change of the last one alone is in the diff."""
    job = several(nomad.new_id(), factory)
    verify.ok("job.register.creates", nomad.register(job))
    nomad.settle(job["ID"])
    changed = with_other_ends(job)
    verify_diff("job.plan.diff.of-any-two-jobs", nomad.plan(changed), job, changed)


@states("job.plan.diff.of-job")
def test_a_submitted_token_shows(nomad: Nomad, factory: JobFactory) -> None:
    """A Vault token, which is never stored, is Added by each plan that has one."""
    job = factory.idle(nomad.new_id())
    nomad.register({**job, "VaultToken": "stored"})
    planned = verify.ok("job.plan.diff.of-job", nomad.plan({**job, "VaultToken": "secret"}))
    field = {"Annotations": None, "Name": "VaultToken", "New": "secret", "Old": "", "Type": "Added"}
    verify.equal("job.plan.diff.of-job", planned, diff_of(planned)["Fields"], [field])


@states("job.plan.diff.order")
def test_fields_come_by_name_letter_by_letter(nomad: Nomad, factory: JobFactory) -> None:
    """The tenth of several arguments comes before the second, capitals before small letters, all else by its code."""
    job = factory.idle(nomad.new_id(), Meta=dict.fromkeys(reversed(BY_CODE), "1"), Datacenters=[*reversed(BY_CODE)])
    planned = nomad.plan(job | config(*MANY))
    diff = diff_of(planned)
    names = [field["Name"] for field in diff["TaskGroups"][0]["Tasks"][0]["Objects"][0]["Fields"]]
    verify.equal("job.plan.diff.order", planned, names, sorted(names))
    names = [field["Name"] for field in diff["Fields"]]
    verify.equal("job.plan.diff.order", planned, names, sorted(names))
    names = [field["New"] for field in diff["Objects"][0]["Fields"]]
    verify.equal("job.plan.diff.order", planned, names, [*BY_CODE])
    reverse = [task(name) for name in reversed(BY_CODE)]
    job["TaskGroups"] = [group(name, Count=0, Tasks=reverse) for name in reversed(BY_CODE)]
    planned = nomad.plan(job)
    groups = diff_of(planned)["TaskGroups"]
    names = [[one["Name"], *(each["Name"] for each in one["Tasks"])] for one in groups]
    verify.equal("job.plan.diff.order", planned, names, [[name, *BY_CODE] for name in BY_CODE])


@states("job.plan.job-modify-index", "job.plan.reply-index", "job.plan.leaves-no-trace", verify.UNCHANGED)
def test_a_plan_of_a_stored_job(nomad: Nomad, factory: JobFactory) -> None:
    """A plan shows the index of the last registration, whatever happened since, and leaves everything as it was."""
    for make, count in ((factory.service, 0), (factory.service, 1), (factory.batch, 0), (factory.parameterized, 1)):
        job = make(nomad.new_id(), TaskGroups=[group("g", Count=count)])
        nomad.register(job)
        nomad.register(job)
        nomad.settle(job["ID"])
        reads = [nomad.read(read, job["ID"]).json for read in ("query", "summary", "evaluations", "allocations")]
        for changed in (job, {**job, "TaskGroups": [group("g", Count=2), group("new", Count=1)]}):
            for _ in range(2):
                planned = verify.ok("job.plan.is-accepted", nomad.plan(changed))
                shown = (planned.json["JobModifyIndex"], planned.json["Index"], planned.index)
                verify.equal("job.plan.job-modify-index", planned, shown[0], reads[0]["JobModifyIndex"])
                verify.equal("job.plan.reply-index", planned, shown, (shown[0],) * 3)
        for read, before in zip(("query", "summary", "evaluations", "allocations"), reads, strict=True):
            found = nomad.read(read, job["ID"])
            verify.same("job.plan.leaves-no-trace", found, shapes.READS[read], found.json, before)


@states("job.plan.created-evaluations")
def test_a_plan_of_a_job_that_waits(nomad: Nomad, factory: JobFactory) -> None:
    """A plan of a blocked job predicts another blocked evaluation, of the next version and the submitted priority."""
    statement = "job.plan.created-evaluations"
    job = factory.service(nomad.new_id())
    index = nomad.register(job).json["JobModifyIndex"]
    nomad.settle(job["ID"])
    planned = verify.ok(statement, nomad.plan({**job, "Priority": 77}))
    created = planned.json["CreatedEvals"] or []
    shown = [(one["Status"], one["JobModifyIndex"], one["Priority"], one["JobID"]) for one in created]
    verify.equal(statement, planned, shown, [("blocked", index + 1, 77, job["ID"])])


@states("job.plan.desired-updates")
@pytest.mark.parametrize("kind", ["periodic", "parameterized"])
def test_a_plan_of_a_parent(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """A periodic or parameterized job is planned as if it were placed itself, stored or not."""
    job = getattr(factory, kind)(nomad.new_id(), TaskGroups=[group("g", Count=3), group("h", Count=0)])
    for _ in range(2):
        planned = verify.ok("job.plan.is-accepted", nomad.plan(job))
        updates = planned.json["Annotations"]["DesiredTGUpdates"]
        shown = {name: (each["Place"], shapes.counted("DesiredUpdates", each)) for name, each in updates.items()}
        wanted = {name: counts for name, counts in shown.items() if counts[1]}  # newer servers list the others, too
        verify.equal("job.plan.desired-updates", planned, wanted, {"g": (3, 3)})
        nomad.register(job)


@states("job.plan.spelling")
def test_a_plan_in_another_spelling(nomad: Nomad, factory: JobFactory) -> None:
    """A job is found in any letter case of its ID, but a diff of two spellings is refused."""
    statement = "job.plan.spelling"
    job = factory.idle(nomad.new_id("SpelleD"))
    index = nomad.register(job).json["JobModifyIndex"]
    other: Job = {**job, "ID": job["ID"].replace("SpelleD", "spelled")}
    planned = verify.ok(statement, nomad.plan(other, diff=False))
    verify.equal(statement, planned, planned.json["JobModifyIndex"], index)
    ids = f'"{job["ID"]}" and "{other["ID"]}"'
    text = f"failed to create job diff: can not diff jobs with different IDs: {ids}"
    verify.refused(statement, nomad.plan(other), 500, text)


@states("job.plan.updates")
def test_a_plan_of_an_update_in_steps(nomad: Nomad, running: JobFactory) -> None:
    """All that has to be replaced is counted, however slowly it would be; the next step has its evaluation."""
    statement = "job.plan.updates"
    job, _ = placed(nomad, running)
    rolling = {"Update": {"Stagger": 7 * SECOND, "MaxParallel": 1}}
    changed = {**job, **rolling, "TaskGroups": [running.group("g", Count=2, Env={"NEW": "1"})]}
    planned = verify.ok(statement, nomad.plan(changed))
    counts = planned.json["Annotations"]["DesiredTGUpdates"]["g"]
    verify.equal(statement, planned, counts, dict.fromkeys(counts, 0) | {"DestructiveUpdate": 2})
    created = planned.json["CreatedEvals"] or []
    shown = [(one["Status"], one["TriggeredBy"], one["Wait"]) for one in created]
    verify.equal(statement, planned, shown, [("pending", "rolling-update", 7 * SECOND)])
    verify.equal(statement, planned, planned.json["NextPeriodicLaunch"], ZERO_TIME)


@states("job.plan.updates")
def test_a_plan_without_a_group_that_runs(nomad: Nomad, running: JobFactory) -> None:
    """A plan stops the allocations of a removed or renamed group, or job, and places those of the new one."""
    statement = "job.plan.updates"
    groups = [running.group("g", Count=1), running.group("h", Count=1)]
    job, _ = placed(nomad, running, TaskGroups=groups)
    stop, keep = {"Stop": 1}, {"InPlaceUpdate": 1}
    cases: list[tuple[dict[str, Any], dict[str, dict[str, int]]]] = [
        ({"TaskGroups": groups[:1]}, {"g": keep, "h": stop}),
        ({"TaskGroups": [groups[0], {**groups[1], "Name": "i"}]}, {"g": keep, "h": stop, "i": {"Place": 1}}),
        ({"Name": "another"}, {"g": {"Place": 1, "Stop": 1}, "h": {"Place": 1, "Stop": 1}}),
    ]
    for members, expected in cases:
        planned = verify.ok(statement, nomad.plan({**job, **members}))
        updates = planned.json["Annotations"]["DesiredTGUpdates"]
        shown = {name: {way: count for way, count in counts.items() if count} for name, counts in updates.items()}
        verify.equal(statement, planned, shown, expected)


@states("job.plan.after-deregister")
def test_a_deregistered_job_is_planned_as_a_new_one(nomad: Nomad, factory: JobFactory) -> None:
    """After deregistration nothing is left to compare a plan with."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.deregister(job["ID"])
    planned = verify.ok("job.plan.after-deregister", nomad.plan(job))
    verify.equal("job.plan.after-deregister", planned, planned.json["JobModifyIndex"], 0)


@states("job.plan.diff.config-numbers")
def test_numbers_in_the_diff_of_a_config(nomad: Nomad, factory: JobFactory) -> None:
    """A diff tells a number in Config plainly, however it was written."""
    job = factory.service(nomad.new_id())
    body = with_arguments(job, list(NUMBERS))
    planned = verify.ok("job.plan.diff.config-numbers", nomad.act("plan", job["ID"], body))
    fields = diff_of(planned)["TaskGroups"][0]["Tasks"][0]["Objects"][0]["Fields"]
    told = {field["Name"]: field["New"] for field in fields}
    expected = {f"args[{place}]": text for place, (_, text) in enumerate(NUMBERS.values())}
    verify.equal("job.plan.diff.config-numbers", planned, told, {**expected, "command": "x"})
