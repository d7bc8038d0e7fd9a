"""A recording as a file, as it grows."""

import json
import time
from pathlib import Path

from mockserver.recorder.exchanges import JSON, Recorded
from mockserver.recorder.variables import with_variables

_RESTRAINT = 10
"""So many times as long as writing takes there is a rest."""


class Recording:
    """Exchanges in the order in which they began; one that began while another waited belongs to that one."""

    def __init__(self, path: Path, *, server: str, mode: str, description: str) -> None:
        self._path = path
        self._about = {
            "scenario": path.stem,
            "server": server,
            "mode": mode,
            "description": description,
            "index_check": "order" if mode == "server-only" else "presence",
        }
        self._steps: list[Recorded] = []
        self._open: list[Recorded] = []
        self._not_before = 0.0

    def __len__(self) -> int:
        return len(self._steps) + sum(len(step.during) for step in self._steps)

    def begin(self, exchange: Recorded) -> None:
        """A request has come."""
        if self._open:
            self._open[0].during.append(exchange)
        else:
            self._steps.append(exchange)
        self._open.append(exchange)

    def forget(self, exchange: Recorded) -> None:
        """It was never answered, and not by the server's fault."""
        self._open.remove(exchange)
        if exchange in self._steps:
            at = self._steps.index(exchange)
            self._steps[at : at + 1] = exchange.during
        for step in self._steps:
            if exchange in step.during:
                step.during.remove(exchange)

    def end(self, exchange: Recorded) -> None:
        """It is over, and kept."""
        self._open.remove(exchange)

    def write(self) -> None:
        """Write the file anew, in one go. Raises ``OSError``."""
        text = json.dumps(self.document(), indent=1, ensure_ascii=False) + "\n"
        beside = self._path.with_name(f"{self._path.name}.part")
        beside.write_text(text, "utf-8")
        beside.replace(self._path)

    def keep(self) -> None:
        """Write the file anew, unless so much would be written that it would hold up clients; raises ``OSError``."""
        began = time.monotonic()
        if began >= self._not_before:
            self.write()
            ended = time.monotonic()
            self._not_before = ended + _RESTRAINT * (ended - began)

    def document(self) -> JSON:
        """All that is over, as JSON."""
        done = [step for step in self._steps if step not in self._open]
        steps = [self._step(number, step, done[number - 1] if number else None) for number, step in enumerate(done)]
        with_variables(steps)
        return {**self._about, "steps": steps}

    def _step(self, number: int, step: Recorded, before: Recorded | None) -> JSON:
        during = [
            {"after_s": round(each.began - step.began, 3), **_exchange(each)}
            for each in step.during
            if each not in self._open
        ]
        waited = 0 if before is None else max(0, step.began - before.ended)
        exchange = _exchange(step)
        return {"step": number, "wait_before_s": round(waited, 3), **exchange} | ({"during": during} if during else {})


def _exchange(exchange: Recorded) -> JSON:
    return {"request": exchange.request, "response": exchange.response}
