"""Mutants in which a change wakes nobody because of whose it is, or of how many there were before."""

from collections import Counter
from collections.abc import Callable
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

from mockserver.cluster.state import State
from mockserver.cluster.watchers import Item, Watchers
from mockserver.http.blocking import WaitingQueries
from tests.mutants.mutant import Breakage
from tests.mutants.vocabulary import call, family

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
