"""All exchanges of one journal, and what the client could know from them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from heapq import heappop, heappush
from typing import Any

from contract_tests.conduct.exchange import Exchange

EXACT = 2**53
"""Up to here a floating-point number holds every integer."""

_IDS = frozenset(("ID", "JobID", "EvalID", "NodeID", "DispatchedJobID", "ParentID", "BlockedEval", "NextEval"))


class Conversation:
    """The exchanges in order of arrival."""

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        self.exchanges = sorted((Exchange(entry) for entry in entries), key=lambda each: each.number)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.exchanges)

    @property
    def is_whole(self) -> bool:
        """Whether it has everything from the first exchange on, so that nothing was said that is not in it."""
        return not self.exchanges or self.exchanges[0].number == 1

    @cached_property
    def resources(self) -> dict[tuple[str, ...], list[Exchange]]:
        """The reads of each resource."""
        found: dict[tuple[str, ...], list[Exchange]] = defaultdict(list)
        for each in self.exchanges:
            if each.is_read:
                found[each.resource].append(each)
        return dict(found)

    @cached_property
    def ids(self) -> set[str]:
        """The IDs of jobs, evaluations and others that the client sent in a body or was told."""
        found: set[str] = set()
        for each in self.exchanges:
            job_id = _job_id(each)
            if job_id:
                found.add(job_id)
            if each.status == 200:
                found.update(value for name, value in members(each.reply_json) if name in _IDS and _is_id(value))
        return found

    @cached_property
    def folded_ids(self) -> set[str]:
        """The same without their case, which an agent ignores."""
        return {each.casefold() for each in self.ids}


class UnderWay:
    """The exchanges that have begun and are not over, as time goes by."""

    def __init__(self) -> None:
        self._ending: list[tuple[int, int, Exchange]] = []
        self._endless = 0

    def __len__(self) -> int:
        return len(self._ending) + self._endless

    def add(self, exchange: Exchange) -> None:
        """Note that an exchange begins."""
        if exchange.over is None:
            self._endless += 1
        else:
            heappush(self._ending, (exchange.over, exchange.number, exchange))

    def over(self, moment: int) -> Iterator[Exchange]:
        """Yield those that are over at a time, in the order in which they ended, and forget them."""
        while self._ending and self._ending[0][0] <= moment:
            yield heappop(self._ending)[2]


def _job_id(exchange: Exchange) -> str | None:
    job = exchange.json.get("Job") if isinstance(exchange.json, dict) else None
    found = job.get("ID") if isinstance(job, dict) else None
    return found if _is_id(found) else None


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield each member of each object in a JSON value."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield from one.items()
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def integers(value: Any) -> Iterator[int]:
    """Yield each integer in a JSON value."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, int) and not isinstance(one, bool):
            yield one


def is_rounded(sent: int, known: Iterable[int]) -> bool:
    """Return whether a number is another one that a floating-point number could not hold."""
    return sent >= EXACT and any(each != sent and float(each) == float(sent) for each in known)
