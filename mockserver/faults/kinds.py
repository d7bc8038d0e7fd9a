"""The kinds of faults by name, as ``Fault`` in ``schemas/admin.json`` describes them."""

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.faults.broken import ContentType, CorruptGzip, MalformedJson
from mockserver.faults.connection import Dribble, Drop, HalfSent
from mockserver.faults.effect import Effect, FaultError, Pass
from mockserver.faults.followers import IndexReset, RegionUnreachable, StaleFollower
from mockserver.faults.latency import Fixed, Hang, Latency, LogNormal, Normal, Uniform
from mockserver.faults.leader import LastContact, LeadershipLost, NoLeader
from mockserver.faults.race import CheckAndSetRace
from mockserver.faults.replaced_reply import FixedReply, RateLimit
from mockserver.gostd.durations import InvalidDuration, nanoseconds
from mockserver.gostd.surrogates import utf8
from mockserver.http.rendering import render
from mockserver.http.replies import BODILESS, JSON
from nomad_contract_spelling import duration_meant, shown

Document = Mapping[str, Any]

_LONGEST = 1 << 62


def duration(written: str | float) -> int:
    """Return a duration, a text or a number of seconds, in nanoseconds.

    Raises:
        FaultError: when the text is no duration, or one that is too long.
    """
    try:
        length = nanoseconds(written)
    except InvalidDuration:
        text = str(written)
        raise FaultError(f"{shown(text)!r} is not a duration, such as 10s or 1m30s{duration_meant(text)}") from None
    if not 0 <= length < _LONGEST:
        raise FaultError(f"{shown(str(written))!r} is too long")
    return length


def _period(written: str | float) -> int:
    """Return a duration, in nanoseconds, in which requests can be counted.

    Raises:
        FaultError: for a duration of 0.
    """
    length = duration(written)
    if not length:
        raise FaultError(f"per {written!r}: nothing can be counted in no time; write 1s, for one")
    return length


def effect(document: Document) -> Effect:
    """Return the effect that a ``Fault`` describes. Raises ``FaultError`` for one that is impossible."""
    return _KINDS[document["kind"]](document)


def _latency(document: Document) -> Effect:
    times = {name: duration(value) for name, value in document.items() if name in _TIMES}
    match document.get("distribution", "fixed"):
        case "uniform":
            if times["least"] > times["most"]:
                raise FaultError(f"least {document['least']} is more than most {document['most']}")
            return Latency(Uniform(times["least"], times["most"]))
        case "normal":
            return Latency(Normal(times["mean"], times["deviation"]))
        case "lognormal":
            return Latency(LogNormal(times["median"], float(document.get("sigma", 1))))
        case _:
            return Latency(Fixed(times["delay"]))


_TIMES = frozenset(("delay", "least", "most", "mean", "deviation", "median"))


def _fixed_reply(document: Document) -> Effect:
    status, body = int(document["status"]), document.get("body", "")
    if status in BODILESS and body != "":
        raise FaultError(f"a reply with the status {status} has no body: leave body out, or choose another status")
    headers = {name.lower(): value for name, value in document.get("headers", {}).items()}
    fields = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items())
    if not isinstance(body, str) and "content-type" not in headers:
        fields = (JSON, *fields)
    text = utf8(body) if isinstance(body, str) else render(body)
    return FixedReply(status, text, fields, _carried_out(document))


def _carried_out(document: Document) -> bool:
    return bool(document.get("carried_out", False))


def _size(document: Document) -> int | None:
    return int(document["bytes"]) if "bytes" in document else None


_KINDS: Mapping[str, Callable[[Document], Effect]] = {
    "latency": _latency,
    "hang": lambda document: Hang(_carried_out(document)),
    "status": _fixed_reply,
    "rate-limit": lambda document: RateLimit(int(document["requests"]), _period(document["per"])),
    "drop": lambda document: Drop(bool(document.get("reset", False)), _carried_out(document)),
    "half-sent": lambda document: HalfSent(_size(document)),
    "dribble": lambda document: Dribble(_size(document) or 1, duration(document["pause"])),
    "malformed-json": lambda _: MalformedJson(),
    "content-type": lambda document: ContentType(document["value"].encode("latin-1")),
    "corrupt-gzip": lambda _: CorruptGzip(),
    "no-leader": lambda _: NoLeader(),
    "leadership-lost": lambda document: LeadershipLost(_carried_out(document)),
    "last-contact": lambda document: LastContact(
        duration(document.get("already", "0s")), bool(document.get("known_leader", True))
    ),
    "stale-follower": lambda document: StaleFollower(int(document["lag"])),
    "index-reset": lambda document: IndexReset(int(document["by"])),
    "check-and-set-race": lambda document: CheckAndSetRace(duration(document["window"])),
    "region-unreachable": lambda document: RegionUnreachable(document["region"]),
    "pass": lambda _: Pass(),
}
KINDS = tuple(_KINDS)
"""The names of all kinds."""
