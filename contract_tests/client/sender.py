"""Sends one request within bounds: its time, the rate of requests, the time that a busy server is waited for."""

import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from urllib.parse import parse_qs, urlsplit

import httpx

from contract_tests.client.bounded import LONGEST, LONGEST_AGAIN, TooLong
from contract_tests.client.http import Received, Request
from contract_tests.client.patience import Patience, Silence, TimeLimit
from contract_tests.client.target import Target
from contract_tests.findings import CutShort

_BUSY = (429, 503)
"""The statuses with which a server says that it is too busy; with Retry-After it is asked again."""
_MOST_TRIES = 5
"""The number of times that a request is sent to a server that is too busy."""
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}
_LONGEST_WAIT = 60.0
"""The most seconds of a ``wait`` that are waited for; the suite itself asks for less."""


class NoAnswer(Exception):
    """No whole reply came; the text says why."""


class Sender:
    """Sends requests to one target, and remembers how it behaves."""

    def __init__(self, target: Target) -> None:
        self.http = target.client()
        self.limit = TimeLimit()
        self.patience = Patience(target.patience, self.limit)
        self.unanswered = 0
        """The number of requests that got no whole reply in time."""
        self.busy = 0.0
        """The seconds that a server was waited for because it said that it was too busy."""
        self._silence = Silence()
        self._too_long: set[str] = set()
        """The kinds of requests of which a reply was too long."""
        self._pace = _Pace(target.rate_limit)

    def send(
        self, kind: str, request: Request, *, packed: bool = False, limited: bool = True
    ) -> tuple[Received, float]:
        """Return the reply to a request and the seconds that it took; other errors are those of httpx, and CutShort.

        Args:
            kind: of the request; when several of one kind got no whole reply, most others are not sent.
            request: what is sent.
            packed: leave the body as it is on the wire.
            limited: whether the run's time limit ends it.

        Raises:
            NoAnswer: No whole reply came in time, or none would be waited for.
        """
        patience = self.patience.reply
        if missed := self._silence.keeps(kind):
            if not self._silence.may_be_broken(kind):
                raise NoAnswer(f"not asked, because {missed} such requests before got no whole reply")
            patience = self.patience.brief
        for attempt in range(1, _MOST_TRIES + 1):
            self._pace.wait()
            reply, seconds = self._try(kind, request, patience, packed=packed, limited=limited)
            delay = _retry_after(reply)
            if delay is None or delay > self.patience.whole or attempt == _MOST_TRIES:
                break
            self.busy += delay
            self.limit.lost += delay
            time.sleep(delay)
        return reply, seconds

    def _try(
        self, kind: str, request: Request, patience: float, *, packed: bool, limited: bool
    ) -> tuple[Received, float]:
        asked = _wait_of(request.target)
        seconds, left = asked * 17 / 16 + patience, self.limit.left if limited else float("inf")
        if left <= 0:
            raise CutShort(self.limit.reason())
        timeout = min(seconds, left)
        longest = LONGEST_AGAIN if kind in self._too_long else LONGEST
        started = time.perf_counter()
        try:
            reply = self.http.send(request, timeout, longest=longest, packed=packed)
        except httpx.ConnectTimeout as problem:
            raise self._missed(kind, f"no connection within {timeout:.1f} s", started) from problem
        except httpx.TimeoutException as problem:
            if timeout < seconds:
                raise CutShort(self.limit.reason()) from None
            raise self._missed(kind, f"no whole reply within {timeout:.2g} s", started) from problem
        except httpx.RequestError as problem:
            if isinstance(problem, TooLong):
                self._too_long.add(kind)
                self._silence.missed(kind)
            self.limit.lost += time.perf_counter() - started
            raise
        took = time.perf_counter() - started
        self._silence.broken(kind)
        self.limit.took(max(0.0, took - asked))
        if not asked:
            self.patience.answered(took)
        return reply, took

    def _missed(self, kind: str, why: str, started: float) -> NoAnswer:
        self.unanswered += 1
        self._silence.missed(kind)
        self.patience.hung()
        self.limit.lost += time.perf_counter() - started
        return NoAnswer(why)


class _Pace:
    """Lets no more than ``rate`` requests a second pass, in the order in which they come; 0 lets all pass."""

    def __init__(self, rate: float) -> None:
        self._between = 1 / rate if rate else 0.0
        self._next = 0.0
        self._lock = Lock()

    def wait(self) -> None:
        """Return when it is the caller's turn."""
        if not self._between:
            return
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._between
        time.sleep(max(0.0, turn - time.monotonic()))


def _wait_of(url: str) -> float:
    """Return the seconds of the ``wait`` that a URL asks for, 0 for none or one that is no duration."""
    if "wait" not in url and "%" not in url:  # most do not ask for one
        return 0.0
    wait = parse_qs(urlsplit(url).query).get("wait", [""])[0]
    parts = re.findall(r"(\d*\.?\d+)(ms|us|µs|μs|ns|h|m|s)", wait)
    return min(_LONGEST_WAIT, sum(float(number) * _UNITS[unit] for number, unit in parts))


def _retry_after(reply: Received) -> float | None:
    """Return the seconds after which a busy server wants to be asked again, None where it is not busy or says none."""
    told = reply.headers.get("Retry-After", "")
    if reply.status_code not in _BUSY or not told:
        return None
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
