"""All faults of a world, before what answers its requests."""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

from mockserver.faults.effect import Site
from mockserver.faults.replies import send_now
from mockserver.faults.rule import Rule
from mockserver.http.replies import text_reply
from mockserver.http.requests import BodyTooLarge, Request, buffered
from mockserver.http.scope import Disconnected, extension_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

MOST = 1000
"""So many faults there can be at once."""


class TooManyFaults(RuntimeError):
    """There are ``MOST`` faults already."""


class Faults:
    """An application around ``app``.

    A request meets every fault that means it, in the order in which they were added; one that answers by itself
    hides those behind it. ``active`` are those that are not over; ``told`` is called with what became of which fault:
    added, met, over, removed.
    """

    def __init__(self, app: "ASGIApp", site: Site) -> None:
        self.app = app
        self.site = site
        self.told: Callable[[str, Rule], None] | None = None
        self._numbers = count(1)
        self._rules: dict[int, Rule] = {}
        self.active: list[Rule] = []

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        if not self.active:
            await self.app(scope, receive, send)
            return
        try:
            receive, rules = await self._meeting(scope, receive)
            await _behind(rules, self.site, self.app)(scope, receive, send)
        except Disconnected:
            return
        except BodyTooLarge as error:
            await send_now(self.site, text_reply(error.status, error.text), scope, send)

    def __iter__(self) -> Iterator[Rule]:
        return iter(tuple(self._rules.values()))

    def get(self, number: int) -> Rule | None:
        """The fault of this number, or None."""
        return self._rules.get(number)

    def add(self, document: Mapping[str, Any]) -> Rule:
        """A fault begins (``NewFault`` in the description); raises ``FaultError``, ``TooManyFaults``."""
        if len(self._rules) >= MOST:
            raise TooManyFaults(f"there are {MOST} faults already")
        if "then" in document:
            self._try(document["then"])
        rule = Rule.read(next(self._numbers), document)
        rule.effect.begin(self.site)
        rule.began = self.site.clock.now()
        if rule.lifetime is not None:
            rule.timer = self.site.clock.call_later(rule.lifetime, lambda: self._end(rule))
        self._rules[rule.number] = rule
        self.active.append(rule)
        self._tell("added", rule)
        return rule

    def remove(self, number: int) -> bool:
        """End a fault and forget it; False when there is none of this number."""
        rule = self._rules.pop(number, None)
        if rule is not None:
            self._stop(rule)
            self._tell("removed", rule)
        return rule is not None

    def clear(self) -> None:
        """End and forget all faults."""
        for rule in self:
            self.remove(rule.number)

    def release(self) -> None:
        """The world ends: whoever is held up goes on."""
        self.site.pauses.release()

    def _try(self, document: Mapping[str, Any]) -> None:
        """See whether a fault that is to begin later could begin now; raises ``FaultError``."""
        if "then" in document:
            self._try(document["then"])
        effect = Rule.read(0, document).effect
        effect.begin(self.site)
        effect.end(self.site)

    def _end(self, rule: Rule) -> None:
        self._stop(rule)
        self._tell("over", rule)
        if rule.following is not None and len(self._rules) < MOST:
            self.add(rule.following)

    def _stop(self, rule: Rule) -> None:
        if not rule.active:
            return
        rule.active = False
        self.active.remove(rule)
        if rule.timer is not None:
            rule.timer.cancel()
        rule.effect.end(self.site)

    def _tell(self, what: str, rule: Rule) -> None:
        if self.told is not None:
            self.told(what, rule)

    async def _meeting(self, scope: "Scope", receive: "Receive") -> "tuple[Receive, list[Rule]]":
        """The faults that this request meets; its body is read where one of them looks at it."""
        body = b""
        if any(rule.matcher.body is not None for rule in self.active):
            body, receive = await buffered(scope, receive)
        request = Request.of(scope, body)
        rules = [rule for rule in self.active if rule.hit(request, scope, self.site.random)]
        for rule in rules:
            self._tell("met", rule)
            if rule.used_up:
                self._end(rule)
        if rules:
            extension_of(scope).faults = tuple(rule.name for rule in rules)
        return receive, rules


def _behind(rules: list[Rule], site: Site, app: "ASGIApp") -> "ASGIApp":
    """``app`` behind these faults, the first of which is met first."""
    for rule in reversed(rules):
        app = _with(rule, site, app)
    return app


def _with(rule: Rule, site: Site, app: "ASGIApp") -> "ASGIApp":
    async def answer(scope: "Scope", receive: "Receive", send: "Send") -> None:
        await rule.effect.answer(site, app, scope, receive, send)

    return answer
