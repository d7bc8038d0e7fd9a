"""Add faults to one world, and end them."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.client.answer import MockError
from mockserver.client.caller import JSON, Caller, Duration, Match, duration_text, given, need_known
from mockserver.client.expectations import nearest
from nomad_contract_spelling import did_you_mean, shown
from nomad_contract_spelling import nearest as nearest_word

__tracebackhide__ = True
"""A failing test shows its own line, not ours (pytest asks for this name)."""

_LIMITS = ("match", "name", "nth", "every", "probability", "times", "lasting", "then", "after_fault")
PARAMETERS = (
    *("delay", "distribution", "least", "most", "mean", "deviation", "median", "sigma", "carried_out", "status"),
    *("body", "headers", "requests", "per", "reset", "bytes", "pause", "value", "already", "known_leader", "lag", "by"),
    *("region", "window"),
)
"""The parameters of all kinds of faults."""


class FaultsControl:
    """The faults of one world. ``docs/reference/faults.md`` has the kinds and presets."""

    def __init__(self, client: Caller) -> None:
        self._client = client
        self._added: list[Sequence[int]] = []

    def add(
        self,
        kind: str,
        *,
        match: Match | None = None,
        name: str | None = None,
        nth: int | None = None,
        every: int | None = None,
        probability: float | None = None,
        times: int | None = None,
        lasting: Duration | None = None,
        then: JSON | None = None,
        after_fault: int | None = None,
        **parameters: Any,
    ) -> int:
        """Add a fault of this kind for requests like ``match``, and return its number.

        It ends after ``times`` hits or when ``lasting`` has passed. ``then`` is the fault that begins afterwards, as
        ``{"fault": {"kind": …}, …}``. It begins now, or when the fault of the number ``after_fault`` has ended.
        ``parameters`` are those of the kind, as in ``add("latency", delay="2s")``.
        Durations are texts, seconds or ``timedelta``. What no kind has raises ``TypeError``, and so does the name of a
        preset.

        Raises:
            MockError: The kind does not have a parameter, or the mock refuses the fault for another reason.
        """
        if lasting is None and "for" in parameters:  # as the control plane calls it
            lasting = parameters.pop("for")
        need_known("for a fault", parameters, PARAMETERS, *_LIMITS)
        limits = {"match": match, "name": name, "nth": nth, "every": every, "probability": probability, "times": times}
        limits |= {"then": then, "after_fault": after_fault}
        body = {"fault": {"kind": kind, **parameters}, **_limits(limits, lasting)}
        try:
            return self._add(body)[0]
        except MockError as error:
            self._need_no_preset(kind, error)
            raise

    def preset(
        self, preset: str, *, match: Match | None = None, times: int | None = None, lasting: Duration | None = None
    ) -> Sequence[int]:
        """Add what clients meet in production, such as ``leader-election``; return the numbers of its faults."""
        body = {"preset": preset, **_limits({"match": match, "times": times}, lasting)}
        return self._add(body)

    def unused(self) -> Sequence[str]:
        """Return in words the faults, added by this client, that are still there and that no request has met.

        A preset is met when one of its faults is; one with a ``probability`` when a request matched.
        """
        if not self._added:
            return []
        there = {int(fault["number"]): fault for fault in self.list()}
        groups = [[there[number] for number in numbers if number in there] for numbers in self._added]
        return [self._told(faults[0]) for faults in groups if faults and not any(map(_is_met, faults))]

    def forget(self) -> None:
        """Forget which faults were added: the world is another."""
        self._added = []

    def _add(self, body: JSON) -> Sequence[int]:
        numbers = [int(fault["number"]) for fault in self._client.call("POST", "/faults", body)]
        self._added.append(numbers)
        return numbers

    def _need_no_preset(self, kind: str, error: MockError) -> None:
        """Say how a preset is added, where somebody gave the name of one as a kind, and no kind is near.

        Raises:
            TypeError: It is one, or was probably meant to be one.
        """
        unknown = any(each.startswith("body/fault/kind: ") and "there are: " in each for each in error.findings)
        preset = nearest_word(kind, self.presets()) if unknown else None
        if preset:
            question = did_you_mean(f"mock.faults.preset({preset!r})")
            raise TypeError(f"{shown(kind)!r} is no kind of fault; {question}") from None

    def _told(self, fault: JSON) -> str:
        told = f"no request met fault {fault['number']}, {fault['name']}"
        if fault["seen"]:
            return f"{told}: {fault['seen']} matched, too few for its {'nth' if 'nth' in fault else 'every'}"
        match = fault.get("match", {})
        return f"{told}, for {match or 'any request'}\n{nearest(self._client, match, 1)}".rstrip()

    def presets(self) -> Mapping[str, str]:
        """Return names and descriptions of the presets."""
        return {preset["name"]: preset["description"] for preset in self._client.call("GET", "/faults/presets")}

    def list(self) -> Sequence[JSON]:
        """List all faults with their hits, also those that have ended."""
        faults: Sequence[JSON] = self._client.call("GET", "/faults")
        return faults

    def get(self, number: int) -> JSON:
        """Return one fault."""
        return dict(self._client.call("GET", f"/faults/{number}"))

    def hits(self, number: int) -> int:
        """Return how many requests met a fault."""
        return int(self.get(number)["hits"])

    def remove(self, number: int) -> None:
        """End a fault."""
        self._client.call("DELETE", f"/faults/{number}")

    def clear(self) -> None:
        """End all faults."""
        self._client.call("DELETE", "/faults")


def _is_met(fault: JSON) -> bool:
    return bool(fault["hits"] or (fault["seen"] and "probability" in fault))


def _limits(limits: Mapping[str, Any], lasting: Duration | None) -> JSON:
    return given(limits) | ({} if lasting is None else {"lasting": duration_text(lasting)})
