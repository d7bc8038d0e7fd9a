"""Faults that clients meet in production, by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_FOR = {"for": "5s"}


@dataclass(frozen=True, slots=True)
class Preset:
    """Faults that belong together; each can be given a narrower match, another lifetime or probability."""

    description: str
    faults: Sequence[Mapping[str, Any]]

    def documents(self, name: str, changes: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the faults as ``NewFault`` in the description, with these changes."""
        return [_changed(fault, {"name": name, "preset": name, **changes}) for fault in self.faults]


def _changed(fault: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a fault with these changes; a match narrows its own, and ``for`` is about the last fault of a chain."""
    changed = {**fault, **changes}
    if "match" in fault and "match" in changes:
        changed["match"] = {**fault["match"], **changes["match"]}
    if "then" in fault:
        changed = {name: value for name, value in changed.items() if name != "for"}
        passed = {name: changes[name] for name in ("name", "preset", "match", "for") if name in changes}
        changed["then"] = _changed(fault["then"], passed)
    return changed


PRESETS: Mapping[str, Preset] = {
    "leader-election": Preset(
        "For 5 s there is no leader: requests are held and go on when there is one again; stale reads go on.",
        ({"fault": {"kind": "no-leader"}, **_FOR},),
    ),
    "quorum-lost": Preset(
        "There is no leader until the fault is removed: No cluster leader after 5 s; stale reads go on.",
        ({"fault": {"kind": "no-leader"}},),
    ),
    "leader-dies": Preset(
        "The next write is lost on its way (it was not done), and from then on there is no leader for 5 s.",
        ({"fault": {"kind": "leadership-lost"}, "times": 1, "then": {"fault": {"kind": "no-leader"}, **_FOR}},),
    ),
    "lost-answer": Preset(
        "The next write is done, but the connection breaks before its answer: what will a retry do?",
        (
            {
                "fault": {"kind": "drop", "carried_out": True},
                "match": {"method": ["PUT", "POST", "DELETE"]},
                "times": 1,
            },
        ),
    ),
    "lost-update": Preset(
        "Writers that check the same JobModifyIndex within 100 ms all win, as on a real server: the last one stays.",
        (
            {
                "fault": {"kind": "check-and-set-race", "window": "100ms"},
                "match": {"operation": "register", "body": {"EnforceIndex": True}},
            },
        ),
    ),
    "flaky-network": Preset(
        "One request in five breaks: without an answer, in the middle of it, or by a reset; the others are uneven.",
        (
            {
                "fault": {"kind": "latency", "distribution": "lognormal", "median": "20ms", "sigma": 1},
            },
            {"fault": {"kind": "drop"}, "probability": 0.07},
            {"fault": {"kind": "drop", "reset": True}, "probability": 0.07},
            {"fault": {"kind": "half-sent"}, "probability": 0.07},
        ),
    ),
    "slow-cluster": Preset(
        "Everything takes 0.5 to 3 s.",
        ({"fault": {"kind": "latency", "distribution": "uniform", "least": "500ms", "most": "3s"}},),
    ),
    "stale-follower": Preset(
        "Stale reads are 10 indexes behind, from a server that has not heard of its leader for a while.",
        (
            {"fault": {"kind": "last-contact", "already": "2s"}},
            {"fault": {"kind": "stale-follower", "lag": 10}},
        ),
    ),
    "restored-snapshot": Preset(
        "With the next request all indexes go back, as far as they can.",
        ({"fault": {"kind": "index-reset", "by": 1_000_000_000}},),
    ),
    "overloaded-proxy": Preset(
        "What stands before the servers answers half of the requests with 502, 503 or 504, in HTML.",
        tuple(
            {
                "fault": {
                    "kind": "status",
                    "status": status,
                    "headers": {"Content-Type": "text/html"},
                    "body": f"<html><body><h1>{status} {text}</h1></body></html>\n",
                },
                "probability": probability,
            }
            for status, text, probability in (
                (502, "Bad Gateway", 0.2),
                (503, "Service Unavailable", 0.2),
                (504, "Gateway Timeout", 0.2),
            )
        ),
    ),
    "rate-limited": Preset(
        "10 requests a second, then 429 (a real 0.5.4 agent limits nothing; what stands before it may).",
        ({"fault": {"kind": "rate-limit", "requests": 10, "per": "1s"}},),
    ),
}
