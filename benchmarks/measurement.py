"""What a benchmark finds out, and how it is shown."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One measured value beside the value of a peer, or a limit, from the same run.

    ``ratio`` is ``value / peer_value``. ``low`` and ``high`` are the extremes of the ratio over all rounds.
    ``aim`` is in words; ``reached`` is None where there is no aim.
    """

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float
    ratio: float
    low: float
    high: float
    aim: str = ""
    reached: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Aim:
    """The ratio to reach: at least ``at_least``, or at most ``at_most``."""

    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        return f">= {self.at_least:g}" if self.at_least is not None else f"<= {self.at_most:g}"

    def reached(self, ratio: float) -> bool:
        """Whether ``ratio`` is as aimed."""
        return ratio >= self.at_least if self.at_least is not None else ratio <= (self.at_most or 0)


def compared(
    name: str, unit: str, values: Sequence[float], peer: str, peer_values: Sequence[float], aim: Aim | None = None
) -> Measurement:
    """Medians of rounds that were taken in turns, round by round against the peer's."""
    ratios = [value / other for value, other in zip(values, peer_values, strict=True)]
    ratio = median(ratios)
    return Measurement(
        name=name,
        value=median(values),
        unit=unit,
        peer=peer,
        peer_value=median(peer_values),
        ratio=ratio,
        low=min(ratios),
        high=max(ratios),
        aim="" if aim is None else str(aim),
        reached=None if aim is None else aim.reached(ratio),
    )


def limited(name: str, unit: str, values: Sequence[float], limit: float) -> Measurement:
    """Rounds of a value that should stay below ``limit``."""
    return compared(name, unit, values, "limit", [limit] * len(values), Aim(at_most=1))


def table(measurements: Iterable[Measurement]) -> str:
    """All measurements as a Markdown table."""
    rows = [["measured", "value", "beside", "its value", "ratio", "spread", "aim", "reached"]]
    rows += [_row(one) for one in measurements]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def write_json(measurements: Iterable[Measurement], file: Path) -> None:
    """The same as data."""
    file.write_text(json.dumps([asdict(one) for one in measurements], indent=2) + "\n", encoding="utf-8")


def progress(text: str) -> None:
    """Say on stderr what is going on."""
    print(text, file=sys.stderr, flush=True)


def _row(one: Measurement) -> list[str]:
    reached = {None: "", True: "yes", False: "NO"}[one.reached]
    value, peer_value = f"{_short(one.value)} {one.unit}", f"{_short(one.peer_value)} {one.unit}"
    spread = "" if one.low == one.high else f"{_short(one.low)} to {_short(one.high)}"
    return [one.name, value, one.peer, peer_value, _short(one.ratio), spread, one.aim, reached]


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
