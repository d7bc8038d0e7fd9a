"""Mutants in which a change wakes nobody because of whose it is, or somebody whom it does not concern."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.cluster.state import State
from mockserver.cluster.watchers import Item, Watchers
from mockserver.errors import Refused
from mockserver.http import blocking
from mockserver.http.blocking import WaitingQueries
from mockserver.http.scope import Disconnected
from mockserver.operations.results import Read
from tests.mutants.mutant import Breakage
from tests.mutants.storing import Register
from tests.mutants.vocabulary import call, family, reading, registration, replaced

QUERY, EVALUATIONS, ALLOCATIONS = (
    f"common.blocking.{read}.wakes-on-change" for read in ("query", "evaluations", "allocations")
)

CREATION = "common.blocking.waits-for-creation"

_waking = family("waking", "common.blocking.*")


def _told(change: Callable[[Item], Item | None]) -> Callable[[Breakage], None]:
    """Return a deviation that changes of what is notified, or drops it."""

    def notify(whole: Any, self: Watchers, items: Any) -> None:
        whole(self, [one for one in map(change, items) if one is not None])

    return call(Watchers, "notify", notify)


def _except(mute: Callable[[str], bool]) -> Callable[[Breakage], None]:
    return _told(lambda item: None if mute(item[1]) else item)


_waking("slash", "Nobody is woken about an ID with a slash.", _except(lambda job_id: "/" in job_id), QUERY)
_waking("unicode", "Nobody is woken about an ID beyond ASCII.", _except(lambda job_id: not job_id.isascii()), QUERY)
_waking("capitals", "Changes are told in small letters.", _told(lambda item: (item[0], item[1].lower())), QUERY)


def _after(method: str, kind: str, number: int, id_of: Callable[[Any], str]) -> Callable[[Breakage], None]:
    """Return a deviation that tells of no change of this kind of a job any more after ``number`` calls of a method."""

    def apply(breakage: Breakage) -> None:
        calls: Counter[str] = Counter()

        def counted(whole: Any, self: State, changed: Any) -> Any:
            done = whole(self, changed)
            calls[id_of(changed)] += 1
            return done

        call(State, method, counted)(breakage)
        _told(lambda item: None if item[0] == kind and calls[item[1]] >= number else item)(breakage)

    return apply


_waking("later", "From the fifth version on nobody is woken.", _after("upsert_job", "job", 4, itemgetter("ID")), QUERY)
_waking(
    "later-evaluations",
    "Nobody is woken by the ninth change of a job's evaluations, nor by later ones.",
    _after("upsert_evaluation", "evaluations", 8, itemgetter("JobID")),
    EVALUATIONS,
)
_waking("anew", "Nobody is woken when a job comes again.", _after("delete_job", "job", 1, str), CREATION)


def _asleep(whole: Any, self: Any, read: Any, query: Any, region: Any, *others: Any) -> Any:
    if query.get("all"):
        unheard = SimpleNamespace(watchers=Watchers())
        region = SimpleNamespace(state=unheard, clock=region.clock, ids=region.ids)
    return whole(self, read, query, region, *others)


_waking(
    "all-instances",
    "A query of the allocations of all instances is not woken.",
    call(WaitingQueries, "answer", _asleep),
    ALLOCATIONS,
)

# Who is answered although nothing that is new to them happened

HOLDS, ABOVE = "common.blocking.query.holds-without-change", "common.blocking.not-above-the-index"


def _answered(state: State, job_id: str) -> None:
    """Answer every query that waits for something of a job."""
    _answered_at(state, *(item for item in state.watchers._waiting if item[1] == job_id))


def _answered_at(state: State, *items: Item) -> None:
    """Answer every query that waits for one of these."""
    for item in items:
        for wake in tuple(state.watchers._waiting.get(item, ())):
            wake.__self__.end()  # type: ignore[attr-defined]


def _planned(whole: Any, self: Cluster, job: Any, *others: Any) -> Any:
    _answered(self.state, job["ID"])
    return whole(self, job, *others)


def _when_refused(method: str) -> Callable[[Breakage], None]:
    """Return a deviation: a refused write of a job wakes the queries that wait for it."""

    def broken(whole: Any, self: Cluster, job_id: str, *others: Any) -> Any:
        try:
            return whole(self, job_id, *others)
        except Refused:
            _answered(self.state, job_id)
            raise

    return call(Cluster, method, broken)


async def _registered(whole: Register, region: Cluster, job: Any, expected: int | None) -> Any:
    try:
        return await whole(job, expected)
    except Refused:
        _answered(region.state, job["ID"])
        raise


def _in_vain(whole: Any, self: Cluster, job_id: str) -> Any:
    missing = self.state.job(job_id) is None
    written = whole(self, job_id)
    if missing:
        _answered_at(self.state, ("job", job_id), ("summary", job_id))
    return written


def _by_a_child(kind: str) -> Callable[[Breakage], None]:
    """Return a deviation: a dispatch wakes the queries that wait for something of the parent."""

    def dispatched(whole: Any, self: Cluster, job_id: str, *others: Any) -> Any:
        written = whole(self, job_id, *others)
        _answered_at(self.state, (kind, job_id))
        return written

    return call(Cluster, "dispatch", dispatched)


for _kind in ("job", "allocations"):
    _waking(
        f"ended-by-a-child-{_kind}",
        f"A dispatch ends the waits for the parent: {_kind}.",
        _by_a_child(_kind),
        "common.blocking.not-woken",
    )


def _evaluated(whole: Any, self: Cluster, job_id: str) -> Any:
    written = whole(self, job_id)
    _answered_at(self.state, ("job", job_id))
    return written


_waking(
    "ended-by-an-evaluation",
    "An evaluate ends the waits for the job itself.",
    call(Cluster, "evaluate", _evaluated),
    "common.blocking.not-woken",
)
_waking("ended-by-a-plan", "A plan ends the waits for the job.", call(Cluster, "plan", _planned), HOLDS)
_waking("ended-by-a-refusal", "A refused registration ends the waits for the job.", registration(_registered), HOLDS)
_waking("ended-by-no-launch", "A refused launch ends the waits for the job.", _when_refused("force"), HOLDS)
_waking("ended-by-no-evaluation", "A refused evaluate ends the waits for the job.", _when_refused("evaluate"), HOLDS)
_waking(
    "ended-in-vain",
    "Deregistering a job that is not there ends the waits for it.",
    call(Cluster, "deregister", _in_vain),
    HOLDS,
)


async def _any_change(first: Read, read: Callable[[], Read], query: Any, waiter: Any) -> Read:
    newest = first
    while newest.index <= min(query["index"], first.index) and not waiter.ended:
        await waiter.sleep()
        newest = newest if waiter.ended else read()
    if waiter.disconnected:
        raise Disconnected
    return newest


async def _first_at_the_end(first: Read, read: Callable[[], Read], query: Any, waiter: Any) -> Read:
    newest = first
    while newest.index <= query["index"] and not waiter.ended:
        await waiter.sleep()
        newest = newest if waiter.ended else read()
    if waiter.disconnected:
        raise Disconnected
    return newest if newest.index > query["index"] else first


_waking(
    "below-the-index",
    "Any change of what is read ends a wait, also one from an index beyond it.",
    replaced(blocking, "_latest", _any_change),
    ABOVE,
)
_waking(
    "first-at-the-end",
    "A wait in vain ends with what was read at its start.",
    replaced(blocking, "_latest", _first_at_the_end),
    ABOVE,
)

# Who is not answered


def _unheard(when: Callable[[Cluster, str, Read], bool]) -> Callable[[Any], Any]:
    """Return what makes a read wait for nothing."""

    def make(read: Any) -> Any:
        def broken(region: Cluster, job_id: str, query: Any) -> Read:
            found: Read = read(region, job_id, query)
            return replace(found, watch=("nothing", job_id)) if when(region, job_id, found) else found

        return broken

    return make


_waking(
    "first-allocation",
    "The first allocation of a job wakes nobody.",
    reading("allocations", _unheard(lambda _, __, found: not found.body)),
    ALLOCATIONS,
)
_waking(
    "first-evaluation",
    "The first evaluation of a job wakes nobody.",
    reading("evaluations", _unheard(lambda _, __, found: not found.body)),
    EVALUATIONS,
)
_waking(
    "evaluations-of-the-gone",
    "A query of the evaluations of a removed job is not woken.",
    reading(
        "evaluations", _unheard(lambda region, job_id, found: bool(found.body) and region.state.job(job_id) is None)
    ),
    EVALUATIONS,
)
