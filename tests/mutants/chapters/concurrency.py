"""Mutants of simultaneous requests, and of requests in unusual forms."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from mockserver.cluster.cluster import Cluster
from mockserver.cluster.watchers import Watchers
from tests.mutants.mutant import Application, Breakage, Scope, mutant
from tests.mutants.replies import Answer, bodies
from tests.mutants.vocabulary import answer, reply, request, request_body

MOMENT = 0.003
"""Seconds in which others may come."""


def _is_job(scope: Scope, *methods: str) -> bool:
    path: str = scope["path"]
    return scope["method"] in methods and path.startswith("/v1/job/")


@mutant(
    "concurrency.replies-mixed-up", "Of two reads at once one gets the other's answer.", "common.concurrency.own-reply"
)
def _(breakage: Breakage) -> None:
    under_way: list[Scope] = []

    def around(app: Application) -> Application:
        async def broken(scope: Scope, receive: Any, send: Any) -> None:
            if not _is_job(scope, "GET") or b"index" in scope["query_string"]:
                await app(scope, receive, send)
                return
            under_way.append(scope)
            await asyncio.sleep(MOMENT)
            other = under_way[-1]
            under_way.remove(scope)
            await app(other, receive, send)

        return broken

    breakage.around(around)


@mutant("concurrency.write-lost", "Of writes at once some are only answered.", "common.concurrency.*", "common.*")
def _(breakage: Breakage) -> None:
    busy = 0

    def around(app: Application) -> Application:
        async def broken(scope: Scope, receive: Any, send: Any) -> None:
            nonlocal busy
            if not _is_job(scope, "PUT"):
                await app(scope, receive, send)
                return
            busy += 1
            try:
                await asyncio.sleep(MOMENT)
                changed = {**scope, "path": f"{scope['path']}/plan", "raw_path": scope["raw_path"] + b"/plan"}
                lost = busy > 4 and scope["path"].count("/") == 3
                await app(changed if lost else scope, receive, send)
            finally:
                busy -= 1

        return broken

    breakage.around(around)


@mutant("concurrency.first-write-wins", "Of writes at once the first stays.", "common.concurrency.last-write", "job.*")
def _(breakage: Breakage) -> None:
    last: dict[str, tuple[float, Any]] = {}

    def make(register: Any) -> Any:
        def broken(self: Cluster, job: Any) -> Any:
            now = asyncio.get_running_loop().time()
            before, kept = last.get(job["ID"], (0.0, job))
            kept = kept if now - before < MOMENT else job
            last[job["ID"]] = (now, kept)
            return register(self, kept)

        return broken

    breakage.wrap(Cluster, "register", make)


def _wakes(name: str, sentence: str, chosen: slice) -> None:
    """Declare a mutant whose changes wake some of those who wait for one thing."""

    @mutant(f"concurrency.{name}", sentence, "common.concurrency.all-wake", "common.*")
    def _(breakage: Breakage) -> None:
        def notify(self: Any, items: Any) -> None:
            for item in items:
                for wake in tuple(self._waiting.get(item, ()))[chosen]:
                    wake()

        breakage.replace(Watchers, "notify", notify)


_wakes("some-wake", "A change wakes three of those who wait.", slice(3))
_wakes("first-wakes", "A change wakes the first of those who wait.", slice(1))
_wakes("last-sleeps", "A change wakes all but the last of several who wait.", slice(-1))
_wakes("second-sleeps", "A change wakes every other of those who wait.", slice(None, None, 2))


def _query(name: str, sentence: str, change: Callable[[list[tuple[str, str]]], list[tuple[str, str]]]) -> None:
    """Declare a mutant that takes one query for another."""

    def altered(scope: Scope) -> None:
        given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        scope["query_string"] = urlencode(change(given)).encode()

    mutant(f"query.{name}", sentence, "common.replies.first-value", "common.*")(request(altered))


_query("last-value", "Of several values the last counts.", lambda given: list(dict(given).items()))
_query("any-case", "Names are taken in any case.", lambda given: [(name.lower(), value) for name, value in given])


mutant("query.raw", "Values are not percent-decoded.", "common.replies.first-value", "common.*")(
    request(lambda scope: scope.update(query_string=scope["query_string"].replace(b"%", b"%25")))
)


mutant("body.of-a-read", "A read with a body is refused.", "common.methods.body-of-a-read", "common.*")(
    request_body(lambda scope, body: "no body expected" if body and scope["method"] == "GET" else None)
)


@mutant("body.chunks", "A body in chunks is not read.", "common.methods.body-in-chunks", "common.*")
def _(breakage: Breakage) -> None:
    def change(scope: Scope, _: bytes) -> tuple[Scope, bytes] | None:
        chunked = any(name == b"transfer-encoding" for name, _ in scope["headers"])
        return (scope, b"") if chunked else None

    bodies(breakage, change)


mutant("body.megabyte", "A body of a megabyte is refused.", "job.register.large-jobs", "job.*", "common.*")(
    request_body(lambda _, body: "too large" if len(body) > 10**6 else None)
)


@mutant("reply.megabyte", "A job of more than a megabyte loses its last group.", "job.register.large-jobs", "job.*")
def _(breakage: Breakage) -> None:
    def change(job: dict[str, Any]) -> None:
        if len(repr(job)) > 10**6:
            job["TaskGroups"].pop()

    reply("query", change)(breakage)


@mutant("path.empty-id", "The path of no job lists nothing.", "common.errors.empty-id", "common.*")
@answer
def _(answer: Answer) -> None:
    if answer.scope["path"] in ("/v1/job/", "/v1/job"):
        answer.status, answer.body = 200, b"[]"
