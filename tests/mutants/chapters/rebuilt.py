"""Mutants that err where a server built anew in another language is likely to."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from mockserver.cluster import cluster, periodic
from mockserver.cluster.cluster import Cluster
from mockserver.errors import Refused
from mockserver.operations import job_writes
from mockserver.operations.results import Read
from tests.mutants.mutant import Breakage, Deviation, Scope, changed
from tests.mutants.replies import objects
from tests.mutants.storing import Register
from tests.mutants.vocabulary import call, child, family, query, reading, registration, reply, request, request_body

_rebuilt = family("rebuilt")

EVERY, OTHERS = "job.register.every-member", "job.register.default.others"
BOTH, COPY = "job.dispatch.periodic-parents", "job.dispatch.child-is-the-parents-copy"

# What an update leaves as it was

Pair = tuple[dict[str, Any], dict[str, Any]]
Pairs = Callable[[Any, Any], Iterator[Pair]]
"""Takes a stored job and a submitted one; yields each old and new part of one kind with the same name."""


def _jobs(old: Any, new: Any) -> Iterator[Pair]:
    yield old, new


def _groups(old: Any, new: Any) -> Iterator[Pair]:
    yield from _same(old["TaskGroups"], new["TaskGroups"])


def _tasks(old: Any, new: Any) -> Iterator[Pair]:
    for before, after in _groups(old, new):
        yield from _same(before["Tasks"], after["Tasks"])


def _resources(old: Any, new: Any) -> Iterator[Pair]:
    for before, after in _tasks(old, new):
        if after["Resources"]:
            yield before["Resources"], after["Resources"]


def _same(old: Any, new: Any) -> Iterator[Pair]:
    known = {one["Name"]: one for one in old or ()}
    for one in new or ():
        if one and one["Name"] in known:
            yield known[one["Name"]], one


def _updated(change: Callable[[Any, Any], None]) -> Deviation:
    """Change what is submitted for a job that exists: ``change(stored job, submitted job)``."""

    async def broken(whole: Register, region: Cluster, job: Any, expected: int | None) -> Any:
        old = region.state.job(job["ID"])
        return await whole(job if old is None else changed(lambda new: change(old, new), job), expected)

    return registration(broken)


def _kept(pairs: Pairs, name: str) -> Deviation:
    """Keep a member of a part where an update says nothing of it."""

    def change(old: Any, new: Any) -> None:
        for before, after in pairs(old, new):
            value = after[name]
            if not value or (isinstance(value, dict) and not any(value.values())):
                after[name] = copy.deepcopy(before[name])

    return _updated(change)


_PARTS: tuple[tuple[str, Pairs, tuple[str, ...]], ...] = (
    ("job", _jobs, ("Update", "Meta")),
    ("group", _groups, ("RestartPolicy", "EphemeralDisk", "Meta")),
    ("task", _tasks, ("Resources", "Env", "KillTimeout", "User", "DispatchPayload", "Services", "Templates")),
    ("resources", _resources, ("IOPS", "Networks")),
)
for _part, _pairs, _names in _PARTS:
    for _name in _names:
        _rebuilt(
            f"{_part}-keeps-{_name.lower()}",
            f"An update leaves {_name} of a {_part} where it says nothing of it.",
            _kept(_pairs, _name),
            OTHERS,
            "job.register.*",
        )


def _alike(one: Any, other: Any) -> bool:
    """Return whether two lists have the same members, in whichever order."""
    return bool(one) and bool(other) and len(one) == len(other) and all(member in other for member in one)


def _unmoved(pairs: Pairs, name: str) -> Deviation:
    """Leave a list as it is stored where an update has the same members in another order."""

    def change(old: Any, new: Any) -> None:
        for before, after in pairs(old, new):
            if _alike(before[name], after[name]):
                after[name] = copy.deepcopy(before[name])

    return _updated(change)


_LISTS: tuple[tuple[str, Pairs, tuple[str, ...]], ...] = (
    ("job", _jobs, ("Datacenters", "Constraints")),
    ("group", _groups, ("Constraints",)),
    ("task", _tasks, ("Constraints", "Services", "Templates", "Artifacts")),
)
_ORDERED = {name: f"job.register.keeps.{name[:-1].lower()}" for name in ("Services", "Templates", "Artifacts")}
"""What the page does not show is held against the statement about it."""
for _part, _pairs, _names in _LISTS:
    for _name in _names:
        _rebuilt(
            f"{_part}-order-of-{_name.lower()}",
            f"An update that only puts {_name} of a {_part} in another order leaves their order.",
            _unmoved(_pairs, _name),
            _ORDERED.get(_name, EVERY),
            EVERY,
        )

# Dispatch


def _in_dispatch(change: Callable[[dict[str, Any]], None]) -> Deviation:
    """Change the body of each dispatch that is a JSON object."""

    def of(scope: Scope, body: bytes) -> tuple[Scope, bytes] | None:
        if not scope["path"].endswith("/dispatch") or not body.startswith(b"{"):
            return None
        try:
            given = json.loads(body)
        except (ValueError, RecursionError):
            return None
        change(given)
        return scope, json.dumps(given).encode()

    return request_body(of)


def _modulo(body: dict[str, Any]) -> None:
    payload = body.get("Payload")
    if isinstance(payload, list):
        body["Payload"] = [one % 256 if type(one) is int else one for one in payload]


def _whole(body: dict[str, Any]) -> None:
    payload = body.get("Payload")
    if isinstance(payload, list):
        body["Payload"] = [int(one) if isinstance(one, float) and 0 <= one < 256 else one for one in payload]


def _no_nulls(body: dict[str, Any]) -> None:
    if isinstance(body.get("Meta"), dict):
        body["Meta"] = {key: value for key, value in body["Meta"].items() if value is not None}


_rebuilt(
    "meta-without-nulls",
    "A null among metadata of a dispatch is left out.",
    _in_dispatch(_no_nulls),
    "common.errors.null-is-nothing",
)
_rebuilt(
    "bytes-modulo", "Bytes of a payload are taken modulo 256.", _in_dispatch(_modulo), "job.dispatch.refuses.bodies"
)
_rebuilt("bytes-cut", "Bytes of a payload may have fractions.", _in_dispatch(_whole), "job.dispatch.refuses.bodies")

for _name, _member, _statement in (
    ("payload", "Payload", "job.dispatch.refuses.payload"),
    ("required", "MetaRequired", "job.dispatch.refuses.meta"),
    ("optional", "MetaOptional", "job.dispatch.refuses.meta"),
):

    def _first_rules(member: str = _member) -> Deviation:
        first: dict[str, Any] = {}

        def check(whole: Any, job_id: str, job: Any, *given: Any) -> None:
            if job is not None and job["ParameterizedJob"]:
                rules = job["ParameterizedJob"]
                rules = {**rules, member: first.setdefault(job["ID"], rules[member])}
                job = {**job, "ParameterizedJob": rules}
            whole(job_id, job, *given)

        return call(job_writes, "check_dispatch", check)

    _rebuilt(
        f"dispatch-first-{_name}",
        f"{_member} of a parent is that of its first dispatch.",
        _first_rules(),
        _statement,
    )

# Jobs that are periodic and parameterized


def _is_both(job: Any) -> bool:
    return bool(job and job["Periodic"] and job["ParameterizedJob"])


def _evaluate(whole: Any, self: Cluster, job_id: str) -> Any:
    if _is_both(self.state.job(job_id)):
        raise Refused("can't evaluate parameterized job")
    return whole(self, job_id)


def _no_dispatch(whole: Any, job_id: str, job: Any, *given: Any) -> None:
    if _is_both(job):
        raise Refused(f'Specified job "{job_id}" is not a parameterized job')
    whole(job_id, job, *given)


def _no_force(whole: Any, self: Cluster, job_id: str) -> Any:
    if _is_both(self.state.job(job_id)):
        raise Refused("can't force launch non-periodic job")
    return whole(self, job_id)


def _not_evaluated(whole: Any, self: Cluster, job_id: str, *given: Any) -> Any:
    written = whole(self, job_id, *given)
    if _is_both(self.state.job(job_id)):
        return replace(written, evaluation_id="", evaluation_index=0)
    return written


for _name, _sentence, _deviation in (
    ("evaluated", "A job of both kinds is evaluated as a parameterized one.", call(Cluster, "evaluate", _evaluate)),
    ("not-dispatched", "A job of both kinds cannot be dispatched.", call(job_writes, "check_dispatch", _no_dispatch)),
    ("not-forced", "A job of both kinds cannot be launched.", call(Cluster, "force", _no_force)),
    (
        "dispatch-not-evaluated",
        "What is dispatched of it has no evaluation.",
        call(Cluster, "dispatch", _not_evaluated),
    ),
    (
        "dispatched-once",
        "What is dispatched of it is not periodic.",
        child(cluster, "dispatched_job", lambda made, _: made.update(Periodic=None)),
    ),
    (
        "launched-plain",
        "What is launched of it is not parameterized.",
        child(periodic, "periodic_child", lambda made, _: made.update(ParameterizedJob=None)),
    ),
):
    _rebuilt(f"both-{_name}", _sentence, _deviation, BOTH, COPY)

# Plans and evaluations


def _by(name: str, change: Callable[[str], Any]) -> Callable[[Any], None]:
    """Return a change of the order of the groups, tasks or fields of a diff."""

    def of(body: Any) -> None:
        for holder in objects(body["Diff"], "**"):
            if holder.get(name):
                holder[name].sort(key=lambda one: change(one["Name"]))

    return of


def _utf_16(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


for _order, _sentence, _key in (
    ("case", "whatever their letter case", str.lower),
    ("utf-16", "in the order of UTF-16", _utf_16),
):
    for _member in ("TaskGroups", "Tasks", "Fields"):
        _rebuilt(
            f"{_order}-{_member.lower()}",
            f"{_member} of a diff come by name, {_sentence}.",
            reply("plan", _by(_member, _key)),
            "job.plan.diff.order",
            "job.plan.*",
        )


def _filled(value: Any) -> Any:
    return {} if value is None else value


def _created(name: str, change: Callable[[Any], Any]) -> Callable[[Any], None]:
    def of(body: Any) -> None:
        for one in body["CreatedEvals"] or ():
            one[name] = change(one[name])

    return of


def _listed(name: str, change: Callable[[Any], Any]) -> Callable[[Any], None]:
    def of(body: Any) -> None:
        for one in body:
            if one["Status"] == "blocked" or one["BlockedEval"]:
                one[name] = change(one[name])

    return of


_WRONG: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "ClassEligibility": ("null where it is {}, and {} where it is null", lambda value: None if value == {} else {}),
    "EscapedComputedClass": ("true", lambda _: True),
    "AnnotatePlan": ("true", lambda _: True),
    "NextEval": ("its own ID", lambda _: "10000000-0000-0000-0000-000000000000"),
    "NodeID": ("some node's", lambda _: "10000000-0000-0000-0000-000000000000"),
    "NodeModifyIndex": ("1", lambda _: 1),
    "Wait": ("1", lambda _: 1),
}
for _name, (_sentence, _change) in _WRONG.items():
    _rebuilt(
        f"waiting-{_name.lower()}",
        f"{_name} of what waits, and of the evaluation before, is {_sentence}.",
        reply("evaluations", _listed(_name, _change)),
        "job.evaluations.blocked",
        "job.*",
    )
    _rebuilt(
        f"created-{_name.lower()}",
        f"{_name} of a created evaluation is {_sentence}.",
        reply("plan", _created(_name, _change)),
        "job.plan.created-evaluations",
        "job.plan.*",
    )


def _wrong(name: str, change: Callable[[Any], Any], those: Callable[[Any], bool]) -> Deviation:
    """Change a member of some of the evaluations."""

    def of(listed: list[dict[str, Any]]) -> None:
        for one in filter(those, listed):
            one[name] = change(one[name])

    return reply("evaluations", of)


_LOST: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("SnapshotIndex", lambda _: 0),
    ("JobModifyIndex", lambda _: 0),
    ("ClassEligibility", lambda _: None),
    ("QueuedAllocations", lambda _: {}),
)
for _name, _change in _LOST:
    _rebuilt(
        f"canceled-{_name.lower()}",
        f"{_name} of a canceled evaluation is lost.",
        _wrong(_name, _change, lambda one: one["Status"] == "canceled"),
        "job.evaluations.canceled",
    )
_rebuilt(
    "nothing-failed",
    "FailedTGAllocs of an evaluation is {} when nothing failed.",
    _wrong("FailedTGAllocs", _filled, lambda one: one["Status"] == "complete"),
    "job.evaluations.about-no-node",
)
_ASKED: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("deregistered", "job.deregister.evaluation", lambda one: one["TriggeredBy"] == "job-deregister"),
    ("launched", "job.periodic-force.child", lambda one: one["TriggeredBy"] == "periodic-job"),
    ("dispatched", "job.dispatch.evaluation-describes-the-child", lambda one: "/dispatch-" in one["JobID"]),
)
for _name, _change in (
    *((name, change) for name, (_, change) in _WRONG.items()),
    ("PreviousEval", _WRONG["NextEval"][1]),
):
    for _kind, _statement, _those in _ASKED:
        _rebuilt(
            f"{_kind}-{_name.lower()}",
            f"{_name} of what is {_kind} is wrong.",
            _wrong(_name, _change, _those),
            _statement,
        )


def _chained(listed: list[dict[str, Any]]) -> None:
    """Have each evaluation of a job follow the one before."""
    before: dict[str, str] = {}
    for one in sorted(listed, key=lambda one: one["CreateIndex"]):
        one["PreviousEval"] = one["PreviousEval"] or before.get(one["JobID"], "")
        before[one["JobID"]] = one["ID"]


_rebuilt(
    "chained",
    "Each evaluation of a job follows the one before.",
    reply("evaluations", _chained),
    "job.evaluations.of-an-update",
)


def _metrics(name: str) -> Callable[[Any], None]:
    def of(body: Any) -> None:
        for one in [body] if isinstance(body, dict) else body:
            for metric in (one["FailedTGAllocs"] or {}).values():
                metric[name] = _filled(metric[name])

    return of


for _name in ("ClassExhausted", "ClassFiltered", "ConstraintFiltered", "DimensionExhausted", "Scores"):
    for _operation, _statement in (("plan", "job.plan.failure-metrics"), ("evaluations", "job.evaluations.blocked")):
        _rebuilt(
            f"{_operation}-{_name.lower()}",
            f"{_name} in the metrics of {_operation} is {{}} in place of null.",
            reply(_operation, _metrics(_name)),
            _statement,
            "job.*",
        )

# Lists


def _by_exact_id(listed: list[dict[str, Any]]) -> None:
    listed.sort(key=lambda one: (one["JobID"], one["Status"], one["ID"]))


_rebuilt(
    "evaluations-case",
    "Evaluations come by job ID, capitals first.",
    reply("evaluations", _by_exact_id),
    "job.evaluations.order",
)


def _by_age(when: Callable[[Any], bool]) -> Deviation:
    """List the oldest allocations first in replies to some queries."""

    def make(read: Any) -> Any:
        def broken(region: Cluster, job_id: str, query: Any) -> Read:
            found: Read = read(region, job_id, query)
            body = sorted(found.body, key=lambda one: one["CreateIndex"]) if when(query) else found.body
            return replace(found, body=body)

        return broken

    return reading("allocations", make)


for _name, _sentence, _when in (
    ("allocations-by-age", "Allocations come by age.", lambda _: True),
    ("all-by-age", "With `all` allocations come by age.", lambda query: query["all"]),
):
    _rebuilt(_name, _sentence, _by_age(_when), "job.allocations.order")

_MOVED: dict[str, Callable[[Any], Any]] = {
    "CreateTime": lambda moment: moment + 1,
    "CreateIndex": lambda index: index + 1,
    "NodeID": lambda _: "10000000-0000-0000-0000-000000000000",
    "ClientDescription": lambda _: "updated",
}


def _by_update(name: str) -> Deviation:
    """Change a member of an allocation once an evaluation other than its first has written it."""

    def apply(breakage: Breakage) -> None:
        first: dict[str, str] = {}

        def change(listed: list[dict[str, Any]]) -> None:
            for one in listed:
                if first.setdefault(one["ID"], one["EvalID"]) != one["EvalID"]:
                    one[name] = _MOVED[name](one[name])

        reply("allocations", change)(breakage)

    return apply


for _name in _MOVED:
    _rebuilt(
        f"update-moves-{_name.lower()}",
        f"{_name} of an allocation changes with an update in place.",
        _by_update(_name),
        "job.allocations.in-place-update",
        "job.allocations.*",
    )


def _one_reason(listed: list[dict[str, Any]]) -> None:
    if all(one["DesiredStatus"] == "stop" for one in listed):
        for one in listed:
            one["DesiredDescription"] = "alloc not needed due to job update"


_rebuilt(
    "one-reason",
    "When a job ends all of its allocations are said to have stopped with it.",
    reply("allocations", _one_reason),
    "job.allocations.destructive-update",
    "job.allocations.*",
)

# Query parameters and methods

for _name, _sentence, _pattern, _instead, _statement in (
    ("wait-iso", "`wait` may be an ISO duration.", r"wait=PT(\d+)S", r"wait=\1s", "bad-parameters"),
    ("wait-words", "Units of `wait` may be words.", r"wait=(\d+)sec", r"wait=\1s", "bad-parameters"),
    ("wait-spaces", "`wait` may have spaces between its parts.", r"(wait=\d+s)(?:\+|%20)", r"\1", "bad-parameters"),
    ("wait-half", "The last unit of `wait` may be missing.", r"(wait=\d+m\d+)(&|$)", r"\1s\2", "bad-parameters"),
    ("wait-clock", "`wait` may be as a clock shows it.", r"wait=\d+(?::|%3A)(\d+)", r"wait=\1s", "bad-parameters"),
    ("wait-comma", "`wait` may have a comma.", r"(wait=\d+)(?:,|%2C)", r"\1.", "bad-parameters"),
    ("wait-point", "A point alone is a number of `wait`.", r"wait=\.s", "wait=0s", "bad-parameters"),
    ("wait-capitals", "Units of `wait` may be in capitals.", r"(wait=\d+)(?:H|MS)", r"\1s", "bad-parameters"),
    ("wait-forever", "`wait` may be infinite.", r"wait=%E2%88%9E", "wait=5m", "bad-parameters"),
    ("wait-no-fraction", "`wait` has digits behind its point.", r"wait=\d+\.[a-z]", "wait=x", "forms-of-wait"),
):
    _rebuilt(_name, _sentence, query(_pattern, _instead), f"common.blocking.{_statement}", "common.blocking.*")


def _capitals(scope: Scope) -> None:
    scope["method"] = scope["method"].upper()


_rebuilt("method-case", "A method may be in any letter case.", request(_capitals), "common.methods.wrong-method")

for _name, _sentence, _pattern in (
    ("pretty-numbers", "`pretty` is off with any zero.", r"pretty=(?:%20|\+|-)?0+(?:\.0)?(?=&|$)"),
    ("pretty-words", "`pretty` is off with words that mean no.", r"pretty=(?:no|off|null)"),
):
    _rebuilt(_name, _sentence, query(_pattern, "pretty=0"), "common.pretty.values")


def _refused_query(pattern: bytes, text: str) -> Deviation:
    """Refuse requests whose query string matches a pattern."""
    return request_body(lambda scope, _: text if re.search(pattern, scope["query_string"]) else None)


_MALFORMED = "common.replies.malformed-parameters"
_rebuilt(
    "malformed-refused",
    "A malformed escape in a query is a 400.",
    _refused_query(rb"%(?![0-9A-Fa-f]{2})", "invalid URL escape"),
    _MALFORMED,
)
_rebuilt(
    "malformed-kept",
    "A malformed escape in a query stands for itself.",
    query(r"%(?![0-9A-Fa-f]{2})", "%25"),
    _MALFORMED,
)
_rebuilt(
    "malformed-ends",
    "A query ends at a malformed escape.",
    query(r"[^&]*%(?![0-9A-Fa-f]{2}).*", ""),
    _MALFORMED,
)
_rebuilt(
    "stale-or-consistent",
    "A read that is both stale and consistent is refused.",
    _refused_query(rb"stale.*consistent", "Cannot specify ?stale with ?consistent, conflicting semantics."),
    "common.consistency.stale",
)


def _as_asked(read: Any) -> Any:
    def broken(region: Cluster, job_id: str, query: Any) -> Read:
        found: Read = read(region, job_id, query)
        return replace(found, body=[{**one, "JobID": job_id} for one in found.body])

    return broken


def _exactly(read: Any) -> Any:
    def broken(region: Cluster, job_id: str, query: Any) -> Read:
        found: Read = read(region, job_id, query)
        return replace(found, body=[one for one in found.body if one["JobID"] == job_id])

    return broken


_rebuilt(
    "allocations-as-asked",
    "Allocations name the job as it was asked for.",
    reading("allocations", _as_asked),
    "job.allocations.any-case",
)
_rebuilt(
    "allocations-exactly",
    "Allocations are found by the exact spelling of the job's ID.",
    reading("allocations", _exactly),
    "job.allocations.any-case",
)
