"""PUT and POST /v1/job/<ID>/plan: which nodes are suitable, and why the others are not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import LEAST, JobFactory, constraint
from contract_tests.client.nomad import Nomad
from contract_tests.findings import NotOffered
from contract_tests.job.test_plan import diff_of
from contract_tests.statements import states
from contract_tests.strategies.operands import EXPRESSIONS, NODES, OPERANDS, UNREADABLE, VERSIONS, Case
from contract_tests.suite import profiles, verify

PORT = 61019
"""Free on a node as a rule, and outside of the range of ports that Nomad gives away itself."""

MOST = 30
"""The number of groups planned at once: those whose constraints hold have to fit on a small node."""
PLACES = ("job", "group", "task")


def group_of(running: JobFactory, name: str, count: int = 1, **members: Any) -> dict[str, Any]:
    """Return a group that asks for next to nothing."""
    return {**running.group(name, Count=count), "EphemeralDisk": {"SizeMB": 10}, **members}


def failures(statement: str, planned: Exchange) -> dict[str, Any]:
    """Return the metrics of the groups that could not be placed; the statement does not hold when it was refused."""
    verify.ok(statement, planned)
    return dict(planned.json["FailedTGAllocs"] or {})


def verify_constraints(nomad: Nomad, running: JobFactory, cases: list[Case], place: str = "group") -> None:
    """Require of one plan with a group for each case that just those are placed whose constraint holds."""
    groups = [group_of(running, f"g{number:03}") for number in range(len(cases))]
    for one, (left, operand, right, _) in zip(groups, cases, strict=True):
        holder = one["Tasks"][0] if place == "task" else one
        holder["Constraints"] = [constraint(left, right, operand)]
    planned = nomad.plan(running.batch(nomad.new_id(), TaskGroups=groups), diff=False)
    statement = "job.plan.constraints"
    failed = failures(statement, planned)
    for one, (left, operand, right, holds) in zip(groups, cases, strict=True):
        placed = one["Name"] not in failed
        verify.that(statement, planned, placed is holds, f"{left} {operand} {right}: {holds}", placed)
        if not placed:
            reason = f"{left} {operand} {right}"
            told = verify_filtered(planned, failed[one["Name"]], reason)
            verify.that("job.plan.filtered-nodes", planned, told, reason, failed[one["Name"]])


def verify_filtered(planned: Exchange, metric: dict[str, Any], reason: str) -> bool:
    """Require that every node was looked at, and turned down for this reason or as one of its class before.

    Returns whether the reason itself is told.
    """
    statement = "job.plan.filtered-nodes"
    reasons = metric["ConstraintFiltered"] or {}
    verify.equal(statement, planned, set(reasons) - {reason, "computed class ineligible"}, set())
    every = metric["NodesEvaluated"]
    counts = (metric["NodesFiltered"], sum(reasons.values()), metric["NodesExhausted"], metric["DimensionExhausted"])
    verify.equal(statement, planned, counts, (every, every, 0, None))
    verify.equal(statement, planned, sum(metric["NodesAvailable"].values()), every)
    return reason in reasons


@states("job.plan.constraints", "job.plan.filtered-nodes")
@pytest.mark.parametrize("cases", [OPERANDS, VERSIONS, EXPRESSIONS, NODES], ids=["plain", "version", "regexp", "node"])
def test_what_every_operand_means(nomad: Nomad, running: JobFactory, cases: list[Case]) -> None:
    """A group is placed where its constraint holds; where it does not, the plan names the constraint."""
    for start in range(0, len(cases), MOST):
        verify_constraints(nomad, running, cases[start : start + MOST])


@states("job.register.refuses.constraint")
@pytest.mark.parametrize("operand", UNREADABLE)
def test_what_no_operand_can_read(nomad: Nomad, factory: JobFactory, operand: str) -> None:
    """A text that is not a version constraint, or not a regular expression, is refused."""
    texts = {"version": "Version constraint is invalid: Malformed constraint: "}
    for right in UNREADABLE[operand]:
        job = factory.idle(nomad.new_id(), Constraints=[constraint("a", right, operand)])
        start = "1 error(s) occurred:\n\n* "
        expected = f"{start}Constraint 1 validation failed: {start}"
        expected += texts.get(operand, "Regular expression failed to compile: error parsing regexp: ")
        for done in (nomad.register(job), nomad.plan(job)):
            told = done.status == 500 and done.text.startswith(expected)
            verify.that("job.register.refuses.constraint", done, told, f"500 {expected}…", f"{done.status} {done.text}")


@states("job.plan.constraints", "job.plan.filtered-nodes")
def test_constraints_of_any_texts(nomad: Nomad, running: JobFactory) -> None:
    """Texts are compared character by character, whatever stands in them, for groups as for tasks."""
    texts = st.text("ab,09 é", min_size=1, max_size=3)
    operands = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "set_contains"])

    @given(st.lists(st.tuples(texts, operands, texts), min_size=1, max_size=12), st.sampled_from(["group", "task"]))
    @profiles.cheaper(0.3)
    def check(triples: list[tuple[str, str, str]], place: str) -> None:
        verify_constraints(nomad, running, [(*one, holds(*one)) for one in triples], place)

    check()


def holds(left: str, operand: str, right: str) -> bool:
    """Return whether a constraint of two texts is met."""
    one, other = left.encode(), right.encode()
    if operand == "set_contains":
        return {item.strip() for item in right.split(",")} <= {item.strip() for item in left.split(",")}
    return {"=": one == other, "!=": one != other, "<": one < other, "<=": one <= other, ">": one > other}.get(
        operand, one >= other
    )


@states("job.plan.constraints", "job.plan.filtered-nodes")
@pytest.mark.parametrize("place", PLACES)
def test_constraints_of_every_level(nomad: Nomad, running: JobFactory, place: str) -> None:
    """A job's constraints bind all its groups, a group's and a task's only that group."""
    groups = [group_of(running, name) for name in ("one", "two")]
    job = running.service(nomad.new_id(), TaskGroups=groups)
    holder = {"job": job, "group": job["TaskGroups"][0], "task": job["TaskGroups"][0]["Tasks"][0]}[place]
    holder["Constraints"] = [constraint("a", "a"), constraint("a", "b"), constraint("a", "a")]
    planned = nomad.plan(job)
    failed = failures("job.plan.constraints", planned)
    verify.equal("job.plan.constraints", planned, sorted(failed), ["one", "two"] if place == "job" else ["one"])
    told = [verify_filtered(planned, failed[name], "a = b") for name in failed]
    verify.that("job.plan.filtered-nodes", planned, any(told), "a = b", failed)


DIMENSIONS = {
    "CPU": "cpu exhausted",
    "MemoryMB": "memory exhausted",
    "IOPS": "iops exhausted",
    "SizeMB": "disk exhausted",
    "MBits": "network: bandwidth exceeded",
}
TOO_MUCH = 10**8


@states("job.plan.exhausted-nodes")
def test_more_than_a_node_has(nomad: Nomad, running: JobFactory) -> None:
    """A group that asks for more than any node has is not placed, and the plan names the resource."""
    for name, dimension in DIMENSIONS.items():
        one = group_of(running, "g")
        resources = one["Tasks"][0]["Resources"]
        if name == "SizeMB":
            one["EphemeralDisk"] = {"SizeMB": TOO_MUCH}
        elif name == "MBits":
            resources["Networks"] = [{"MBits": TOO_MUCH}]
        else:
            resources[name] = TOO_MUCH
        planned = nomad.plan(running.service(nomad.new_id(), TaskGroups=[one, group_of(running, "fits")]))
        statement = "job.plan.exhausted-nodes"
        failed = failures(statement, planned)
        verify.equal(statement, planned, sorted(failed), ["g"])
        metric = failed["g"]
        exhausted = metric["NodesExhausted"]
        verify.equal(statement, planned, metric["DimensionExhausted"], {dimension: exhausted})
        counted = exhausted > 0 and exhausted + metric["NodesFiltered"] == metric["NodesEvaluated"]
        verify.that(statement, planned, counted, "each node that was looked at", metric)
        reasons = metric["ConstraintFiltered"]
        verify.equal(statement, planned, reasons is None, metric["NodesFiltered"] == 0)


@states("job.plan.distinct-hosts")
@pytest.mark.parametrize("place", ["job", "group"])
def test_distinct_hosts(nomad: Nomad, running: JobFactory, place: str) -> None:
    """With distinct_hosts no two instances, of the group or of the whole job, share a node."""
    distinct = {"Constraints": [constraint("", "true", "distinct_hosts")]}
    nodes = nodes_of(nomad, running)
    groups = [group_of(running, "g", nodes + 2), group_of(running, "h")]
    if place == "group":
        groups[0] |= distinct
    planned = nomad.plan(running.service(nomad.new_id(), TaskGroups=groups, **(distinct if place == "job" else {})))
    statement = "job.plan.distinct-hosts"
    failed = failures(statement, planned)
    unplaced = {name: 1 + metric["CoalescedFailures"] for name, metric in failed.items()}
    least = 3 if place == "job" else 2
    enough = "g" in failed and sum(unplaced.values()) >= least and (place == "job" or "h" not in failed)
    verify.that(statement, planned, enough, f"at least {least} instances without one of {nodes} nodes", unplaced)
    reasons = {name: sorted(metric["ConstraintFiltered"] or ()) for name, metric in failed.items()}
    verify.equal(statement, planned, reasons, {name: ["distinct_hosts"] for name in failed})


@states("job.plan.distinct-hosts")
def test_other_constraints_keep_nobody_apart(nomad: Nomad, running: JobFactory) -> None:
    """Instances without distinct_hosts share a node, with other constraints or none."""
    nodes = nodes_of(nomad, running)
    rest = [constraint("a", "a"), constraint("${node.unique.id}", "x", "!=")]
    groups = [group_of(running, "g", nodes + 1, Constraints=rest), group_of(running, "h", nodes + 1)]
    planned = nomad.plan(running.service(nomad.new_id(), TaskGroups=groups, Constraints=rest))
    verify.equal("job.plan.distinct-hosts", planned, failures("job.plan.distinct-hosts", planned), {})


def nodes_of(nomad: Nomad, running: JobFactory) -> int:
    """Return how many nodes the datacenter has, as a plan counts them that none can fulfil."""
    one = group_of(running, "g", Constraints=[constraint("a", "b")])
    planned = nomad.plan(running.service(nomad.new_id(), TaskGroups=[one]))
    return sum(failures("job.plan.failure-metrics", planned)["g"]["NodesAvailable"].values())


@states("job.plan.of-a-system-job")
def test_a_plan_of_a_system_job_for_nodes(nomad: Nomad, running: JobFactory) -> None:
    """A system job is to be placed on each node once; what no node can do leaves no evaluation."""
    statement = "job.plan.of-a-system-job"
    nodes = nodes_of(nomad, running)
    planned = verify.ok(statement, nomad.plan(running.system(nomad.new_id(), TaskGroups=[group_of(running, "g")])))
    places = planned.json["Annotations"]["DesiredTGUpdates"]["g"]["Place"]
    verify.that(statement, planned, 1 <= places <= nodes, f"one for each of up to {nodes} nodes", places)
    bad = group_of(running, "g", Constraints=[constraint("a", "b")])
    planned = nomad.plan(running.system(nomad.new_id(), TaskGroups=[bad]))
    verify.equal(statement, planned, planned.json["Annotations"]["DesiredTGUpdates"]["g"]["Place"], 0)
    verify.equal(
        statement, planned, (sorted(failures(statement, planned)), planned.json["CreatedEvals"]), (["g"], None)
    )


@states("job.plan.which-updates-replace")
def test_which_changes_replace_allocations(nomad: Nomad, running: JobFactory) -> None:
    """A change of a task or of its resources replaces allocations; a change of its supervision is made in place."""
    one = group_of(running, "g")
    one["Tasks"][0] |= {"Env": {"A": "1"}, "Meta": {"m": "1"}, "User": ""}
    job = running.batch(nomad.new_id(), TaskGroups=[one], Meta={"j": "1"})
    job |= {"Type": "service"}
    verify.ok("job.register.creates", nomad.register(job))
    nomad.settle(job["ID"])
    statement = "job.plan.which-updates-replace"
    for wanted, changes in (("DestructiveUpdate", REPLACING), ("InPlaceUpdate", KEEPING)):
        for level, members in changes:
            edited = changed(job, level, members)
            planned = verify.ok(statement, nomad.plan(edited))
            foretold = planned.json["Annotations"]["DesiredTGUpdates"]["g"]
            expected = dict.fromkeys(foretold, 0) | {wanted: 1}
            verify.that(statement, planned, foretold == expected, f"{level} {members}: {wanted}", foretold)


@states("job.plan.room-of-what-stops")
def test_what_is_replaced_makes_room_for_what_replaces_it(nomad: Nomad, running: JobFactory) -> None:
    """A port of an allocation is free for its replacement, and for no other job."""
    statement = "job.plan.room-of-what-stops"
    networks = [{"MBits": 1, "ReservedPorts": [{"Label": "p", "Value": PORT}]}]
    ports = {**LEAST, "Networks": networks}
    beside = running.group("beside", Count=1)
    job = running.service(nomad.new_id(), TaskGroups=[running.group("g", Count=1, Resources=ports), beside])
    another = running.system(nomad.new_id(), TaskGroups=job["TaskGroups"][:1])
    if nomad.plan(another).json["FailedTGAllocs"]:
        raise NotOffered(f"some node has no network on which port {PORT} is free")
    verify.ok("job.register.creates", nomad.register(job))
    nomad.settle(job["ID"])
    changes: dict[str, dict[str, Any]] = {
        "InPlaceUpdate": {"KillTimeout": 10**9},
        "DestructiveUpdate": {"Env": {"NEW": "1"}},
    }
    for wanted, change in changes.items():
        groups = [running.group("g", Count=1, Resources=ports, **change), beside]
        planned = nomad.plan({**job, "TaskGroups": groups})
        foretold = planned.json["Annotations"]["DesiredTGUpdates"]["g"]
        verify.equal(statement, planned, foretold, dict.fromkeys(foretold, 0) | {wanted: 1})
        verify.equal(statement, planned, planned.json["FailedTGAllocs"], None)
    planned = nomad.plan(another)
    verify.equal(statement, planned, sorted(failures(statement, planned)), ["g"])


@states("job.plan.which-updates-replace")
def test_changes_of_networks_replace_allocations(nomad: Nomad, running: JobFactory) -> None:
    """More or less bandwidth, another port and another label replace allocations; the same network does not."""
    network = {"MBits": 1, "DynamicPorts": [{"Label": "p"}]}
    one = group_of(running, "g")
    one["Tasks"][0]["Resources"]["Networks"] = [network]
    job = running.service(nomad.new_id(), TaskGroups=[one])
    statement = "job.plan.which-updates-replace"
    if failures(statement, nomad.plan(job)):
        raise NotOffered("no node has a network")
    verify.ok("job.register.creates", nomad.register(job))
    nomad.settle(job["ID"])
    changes: list[dict[str, Any]] = [{"MBits": 2}, {"DynamicPorts": [{"Label": "q"}]}, {"DynamicPorts": []}, {}]
    for change in changes:
        planned = nomad.plan(changed(job, "resources", {"Networks": [{**network, **change}]}))
        foretold = verify.ok(statement, planned).json["Annotations"]["DesiredTGUpdates"]["g"]
        expected = dict.fromkeys(foretold, 0) | {"DestructiveUpdate" if change else "InPlaceUpdate": 1}
        verify.that(statement, planned, foretold == expected, f"{change}: {expected}", foretold)


@states("job.plan.diff.of-kept-away-nodes")
def test_a_constraint_that_keeps_nodes_away_counts_as_an_edit(nomad: Nomad, running: JobFactory) -> None:
    """A periodic job was never evaluated, so only its plan finds that no node has what a constraint asks for."""
    statement = "job.plan.diff.of-kept-away-nodes"
    kept_away = group_of(running, "a", Constraints=[constraint("${meta.no-node-has-this}", "here")])
    job = running.periodic(nomad.new_id(), TaskGroups=[kept_away, group_of(running, "b")])
    verify.ok("job.register.creates", nomad.register(job))
    planned = nomad.plan(job)
    verify.equal(statement, planned, sorted(failures(statement, planned)), ["a"])
    diff = diff_of(planned)
    verify.equal(statement, planned, [one["Type"] for one in diff["TaskGroups"]], ["Edited", "None"])
    verify.equal(statement, planned, [one["Objects"] for one in diff["TaskGroups"]], [None, None])


REPLACING: list[tuple[str, dict[str, Any]]] = [
    ("job", {"Meta": {"j": "2"}}),
    ("group", {"Meta": {"g": "1"}}),
    ("group", {"EphemeralDisk": {"SizeMB": 11}}),
    ("group", {"EphemeralDisk": {"SizeMB": 10, "Sticky": True}}),
    ("task", {"Meta": {"m": "2"}}),
    ("task", {"Meta": None}),
    ("task", {"Env": {"A": "2"}}),
    ("task", {"Env": None}),
    ("task", {"User": "nobody"}),
    ("task", {"Name": "renamed"}),
    ("task", {"Artifacts": [{"GetterSource": "https://example.com/a"}]}),
    ("task", {"Templates": [{"EmbeddedTmpl": "x", "DestPath": "local/x", "ChangeMode": "noop"}]}),
    ("resources", {"CPU": 21}),
    ("resources", {"MemoryMB": 11}),
    ("resources", {"IOPS": 1}),
    ("resources", {"Networks": [{"MBits": 1}]}),
]
KEEPING: list[tuple[str, dict[str, Any]]] = [
    ("job", {}),
    ("job", {"Priority": 51}),
    ("job", {"AllAtOnce": True}),
    ("job", {"Constraints": [constraint("a", "a")]}),
    ("job", {"Update": {"Stagger": 0, "MaxParallel": 1}}),
    ("group", {"Constraints": [constraint("a", "a")]}),
    ("group", {"RestartPolicy": {"Attempts": 1, "Delay": 1, "Interval": 10**10, "Mode": "fail"}}),
    ("task", {"Constraints": [constraint("a", "a")]}),
    ("task", {"KillTimeout": 7}),
    ("task", {"LogConfig": {"MaxFiles": 2, "MaxFileSizeMB": 1}}),
    ("task", {"Services": [{"Name": "s", "PortLabel": ""}]}),
    ("task", {"DispatchPayload": {"File": "x"}}),
]


def changed(job: dict[str, Any], level: str, members: dict[str, Any]) -> dict[str, Any]:
    """Return a job of one group of one task with members of one of its levels replaced."""
    one = job["TaskGroups"][0]
    task = one["Tasks"][0]
    if level == "job":
        return {**job, **members}
    if level == "resources":
        level, members = "task", {"Resources": {**task["Resources"], **members}}
    if level == "task":
        members = {"Tasks": [{**task, **members}]}
    return {**job, "TaskGroups": [{**one, **members}]}


@states("job.plan.near-miss")
def test_a_datacenter_that_nearly_matches_has_no_nodes(nomad: Nomad, running: JobFactory) -> None:
    """The name of a datacenter in capitals, cut, prolonged or with white space is that of one without nodes."""
    statement = "job.plan.near-miss"
    name = running.datacenter
    for near in (name.upper(), name.capitalize(), name[:-1], f"{name}x", f" {name}", f"{name} ", f"{name}*"):
        if near in ("", name):
            continue
        job = running.service(nomad.new_id(), Datacenters=[near], TaskGroups=[group_of(running, "g", 1)])
        planned = nomad.plan(job)
        metric = failures(statement, planned).get("g")
        told = metric and (metric["NodesEvaluated"], metric["NodesAvailable"])
        verify.equal(statement, planned, told, (0, {near: 0}))
