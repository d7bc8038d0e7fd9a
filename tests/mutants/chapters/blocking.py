"""Mutants of blocking queries: what wakes them, when they end, what they answer."""

import contextlib
import dataclasses
from collections.abc import Callable
from typing import Any

from mockserver.cluster.state import State
from mockserver.cluster.watchers import Watchers
from mockserver.errors import Refused
from mockserver.http import blocking
from mockserver.openapi import query
from mockserver.operations.results import Read
from tests.mutants.mutant import Breakage, changed, mutant
from tests.mutants.vocabulary import call, intercepts, replaced, replaces, wrapped


def _never_woken(kind: str, statement: str) -> None:
    def broken(notify: Any, self: Any, items: Any) -> Any:
        return notify(self, [item for item in items if item[0] != kind])

    deviation = call(Watchers, "notify", broken)
    mutant(
        f"blocking.never-wakes.{kind}",
        f"A waiting query of {statement} is not woken.",
        f"common.blocking.{statement}.wakes-on-change",
        "common.blocking.*",
    )(deviation)


_never_woken("job", "query")
_never_woken("summary", "summary")
_never_woken("evaluations", "evaluations")
_never_woken("allocations", "allocations")


mutant("blocking.never-wakes", "No waiting query is ever woken.", "common.blocking.*")(
    replaced(Watchers, "notify", lambda *_: None)
)


@mutant("blocking.polls", "Waiting queries look again every five seconds only.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    import asyncio

    def make(notify: Any) -> Any:
        def broken(self: Watchers, items: Any) -> None:
            kept = list(items)
            with contextlib.suppress(RuntimeError):  # before the server runs nobody waits
                asyncio.get_running_loop().call_later(9, notify, self, kept)

        return broken

    breakage.wrap(Watchers, "notify", make)


@mutant(
    "blocking.woken-by-anything",
    "Any change ends every wait.",
    "common.blocking.woken-by-nothing-else",
    "common.blocking.*",
)
def _(breakage: Breakage) -> None:
    def notify(self: Watchers, _: Any) -> None:
        for waiting in list(self._waiting.values()):
            for wake in tuple(waiting):
                wake()

    breakage.replace(Watchers, "notify", notify)
    breakage.replace(blocking, "_latest", _first_look)


async def _first_look(_: Read, read: Any, __: Any, waiter: Any) -> Read:
    await waiter.sleep()
    result: Read = read()
    return result


@mutant(
    "blocking.woken-by-prefix",
    "Changes of jobs with longer IDs end a wait.",
    "common.blocking.woken-by-nothing-else",
    "c*",
)
def _(breakage: Breakage) -> None:
    def make(notify: Any) -> Any:
        def broken(self: Watchers, items: Any) -> None:
            known = list(items)
            more = [
                item for item in self._waiting if any(one[0] == item[0] and one[1].startswith(item[1]) for one in known)
            ]
            notify(self, [*known, *more])

        return broken

    breakage.wrap(Watchers, "notify", make)
    breakage.replace(blocking, "_latest", _first_look)


@mutant("blocking.old-state", "A woken query shows the state before the change.", "common.blocking.*")
@replaces(blocking, "_latest")
async def _(first: Read, read: Any, asked: Any, waiter: Any) -> Read:
    while not waiter.ended and read().index <= asked["index"]:
        await waiter.sleep()
    return first


@mutant("blocking.equal-is-newer", "A query with the current index does not wait.", "common.blocking.*")
@intercepts(blocking.WaitingQueries, "answer")
def _(answer: Any, self: Any, read: Any, asked: Any, *rest: Any) -> Any:
    return answer(self, read, {**asked, "index": max(asked["index"] - 1, 0)}, *rest)


@mutant("blocking.larger-at-once", "A query with an index of the future does not wait.", "common.blocking.*")
@intercepts(blocking.WaitingQueries, "answer")
def _(answer: Any, self: Any, read: Any, asked: Any, *rest: Any) -> Any:
    ahead = asked["index"] > read().index + 1
    return answer(self, read, {**asked, "index": 0} if ahead else asked, *rest)


@mutant("blocking.zero-waits", "A query with index 0 waits.", "common.blocking.*")
@intercepts(blocking.WaitingQueries, "answer")
def _(answer: Any, self: Any, read: Any, asked: Any, *rest: Any) -> Any:
    waits = asked["index"] == 0 and asked["wait"] > 0
    return answer(self, read, {**asked, "index": 2**63} if waits else asked, *rest)


@mutant("blocking.missing-at-once", "A query of a missing job does not wait.", "common.blocking.waits-for-creation")
@intercepts(blocking.WaitingQueries, "answer")
def _(answer: Any, self: Any, read: Any, asked: Any, *rest: Any) -> Any:
    return answer(self, read, {**asked, "index": 0} if read().missing else asked, *rest)


def _durations(name: str, sentence: str, change: Callable[[int], int], *caught_by: str) -> None:
    deviation = wrapped(blocking, "_duration", lambda duration: lambda *arguments: change(duration(*arguments)))
    mutant(f"blocking.{name}", sentence, *caught_by, "common.blocking.*")(deviation)


_durations(
    "default-short",
    "Without wait a query waits for 300 ms.",
    lambda wait: min(wait, 300_000_000) if wait > 60 * 10**9 else wait,
    "common.blocking.default-wait",
)
_durations("half", "A query waits for half the time.", lambda wait: wait // 2)
_durations("a-third-longer", "A query waits for three times as long and a second.", lambda wait: 3 * wait + 10**9)
_durations("whole-seconds", "Waits are rounded up to seconds and one more.", lambda wait: (wait // 10**9 + 2) * 10**9)
_durations("minimum", "A query waits for two seconds at least.", lambda wait: max(wait, 2 * 10**9))


def _units(name: str, sentence: str, fits: Callable[[str], bool]) -> None:
    def broken(parse: Any, text: str) -> int:
        if not fits(text):
            raise ValueError(text)
        result: int = parse(text)
        return result

    mutant(f"blocking.units-{name}", sentence, "common.blocking.*")(call(query, "parse_duration", broken))


_units("whole", "wait takes no fractions.", lambda text: "." not in text)
_units(
    "single",
    "wait takes one number.",
    lambda text: sum(character.isalpha() and not text[place - 1].isalpha() for place, character in enumerate(text)) < 2,
)
_units("seconds", "wait takes no small units.", lambda text: not text.endswith(("us", "ns")))


@mutant("blocking.end-204", "A wait in vain ends with nothing.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    async def latest(first: Read, read: Any, asked: Any, waiter: Any) -> Read:
        found = await original(first, read, asked, waiter)
        return dataclasses.replace(found, body=[] if isinstance(found.body, list) else {}) if waiter.ended else found

    original = blocking._latest
    breakage.replace(blocking, "_latest", latest)


@mutant("blocking.end-index", "A wait in vain ends with the index that was asked for.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    async def latest(first: Read, read: Any, asked: Any, waiter: Any) -> Read:
        found = await original(first, read, asked, waiter)
        return dataclasses.replace(found, index=max(found.index, asked["index"])) if waiter.ended else found

    original = blocking._latest
    breakage.replace(blocking, "_latest", latest)


@mutant("blocking.end-304", "A wait in vain is a 404.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    async def latest(first: Read, read: Any, asked: Any, waiter: Any) -> Read:
        found = await original(first, read, asked, waiter)
        return dataclasses.replace(found, missing="not modified") if waiter.ended else found

    original = blocking._latest
    breakage.replace(blocking, "_latest", latest)


@mutant("blocking.deletion-keeps-waiting", "A deregistration does not end a wait.", "common.blocking.*")
@replaces(blocking, "_latest")
async def _(first: Read, read: Any, asked: Any, waiter: Any) -> Read:
    found = first
    while not waiter.ended and (found.index <= asked["index"] or (found.missing and not first.missing)):
        await waiter.sleep()
        found = read()
    return found


def _woken_when_gone(name: str, sentence: str, change: Callable[[Read], Read]) -> None:
    """Declare a mutant of a query of evaluations that waited while the job ended: ``change(its reply)``."""

    async def broken(answer: Any, self: Any, read: Any, asked: Any, cluster: Any, *rest: Any) -> Read:
        kind, job_id = read().watch
        was_there = kind == "evaluations" and cluster.state.job(job_id) is not None
        found: Read = await answer(self, read, asked, cluster, *rest)
        gone = was_there and cluster.state.job(job_id) is None
        return change(found) if gone else found

    deviation = call(blocking.WaitingQueries, "answer", broken)
    mutant(f"blocking.{name}", sentence, "common.blocking.deletion-of-evaluations-is-200", "common.blocking.*")(
        deviation
    )


_woken_when_gone(
    "gone-evaluations-404",
    "A waiting query of evaluations ends with 404 when its job ends.",
    lambda found: dataclasses.replace(found, body=None, missing="job not found"),
)
_woken_when_gone(
    "gone-evaluations-empty",
    "A waiting query of evaluations ends with an empty list when its job ends.",
    lambda found: dataclasses.replace(found, body=[]),
)


@mutant(
    "blocking.gone-evaluations-late",
    "The evaluation of a deregistration wakes nobody.",
    "common.blocking.deletion-of-evaluations-is-200",
    "common.blocking.*",
)
def _(breakage: Breakage) -> None:
    def make(notify: Any) -> Any:
        def broken(self: Watchers, items: Any) -> None:
            known = list(items)
            notify(self, [one for one in known if not (one[0] == "evaluations" and one[1] in gone)])

        return broken

    def make_delete(delete: Any) -> Any:
        def broken(self: State, job_id: str) -> int:
            gone.add(job_id)
            index: int = delete(self, job_id)
            return index

        return broken

    gone: set[str] = set()
    breakage.wrap(Watchers, "notify", make)
    breakage.wrap(State, "delete_job", make_delete)


@mutant("blocking.one-at-a-time", "Only three queries can wait at a time.", "common.blocking.*")
@intercepts(blocking.WaitingQueries, "answer")
def _(answer: Any, self: Any, read: Any, asked: Any, *rest: Any) -> Any:
    return answer(self, read, {**asked, "index": 0} if len(self) >= 3 else asked, *rest)


@mutant(
    "server.dies-of-null",
    "After a null in a list nothing is taken.",
    "common.schema.survives-any-input",
    "c*",
)
def _(breakage: Breakage) -> None:
    from mockserver.jobs import null_elements

    dead: list[bool] = []

    def make(check: Any) -> Any:
        def broken(job: Any) -> None:
            if dead or null_elements.first_null_element(job):
                dead.append(True)
                raise Refused("down")
            check(job)

        return broken

    breakage.wrap(null_elements, "check_null_elements", make)


@mutant("server.slow", "Every read takes a second.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    import asyncio

    def around(app: Any) -> Any:
        async def broken(scope: Any, receive: Any, send: Any) -> None:
            if scope["method"] == "GET" and b"wait" in scope["query_string"]:
                await asyncio.sleep(1.1)
            await app(scope, receive, send)

        return broken

    breakage.around(around)


@mutant(
    "scheduler.children-change",
    "Children are changed when the parent is updated.",
    "common.stateful.children-stay",
    "job.*",
)
@intercepts(State, "upsert_job")
def _(upsert: Any, self: State, job: Any) -> int:
    index: int = upsert(self, job)
    for child in list(self.jobs(job["ID"] + "/dispatch-")):
        self._store_job(changed(lambda one: one.update(Meta=None, ModifyIndex=index), child), index)
    return index
