"""A recording as a file, as it grows."""

import json
from pathlib import Path

from mockserver.journal.secrets import SECRETS, Redaction
from mockserver.recorder.exchanges import JSON, Body, Recorded
from mockserver.recorder.growing import GrowingFile
from mockserver.recorder.variables import with_variables

LONGEST_BODY = 16 * 1024 * 1024
"""Bytes of a body that are kept; of a longer one nothing is."""

_MOST = 256 * 1024 * 1024
"""Bytes of all bodies together that are kept; then only the shorter ones of ``_SHORT`` bytes are."""

_SHORT = 64 * 1024


class Recording:
    """Exchanges in the order in which they began; one that began while another waited belongs to that one.

    Between ``start`` and ``finish`` each exchange is in the file as soon as it is over, in the order in which they
    ended and without variables. ``finish`` puts them in order and makes what changes from run to run variable.
    """

    def __init__(self, path: Path, *, server: str, mode: str, description: str, redaction: Redaction = SECRETS) -> None:
        self._path = path
        self._about = {
            "scenario": path.stem,
            "server": server,
            "mode": mode,
            "description": description,
            "index_check": "order" if mode == "server-only" else "presence",
        }
        if redaction.env:
            self._about["env"] = "redacted"
        self._redaction = redaction
        self._steps: list[Recorded] = []
        self._open: list[Recorded] = []
        self._file: GrowingFile | None = None
        self._written = 0
        self._size = 0
        self.trouble = ""

    def __len__(self) -> int:
        return len(self._steps) + sum(len(step.during) for step in self._steps)

    def room(self, content: bytes = b"") -> Body:
        """Return a place for a body, as large as there is room."""
        return Body(LONGEST_BODY if self._size < _MOST else _SHORT, content)

    def start(self) -> None:
        """Begin the file. Raises ``OSError``."""
        self._file = GrowingFile(self._path, json.dumps(self._about, indent=1))

    def begin(self, exchange: Recorded) -> None:
        """Begin an exchange: its request has come."""
        if self._open:
            self._open[0].during.append(exchange)
        else:
            self._steps.append(exchange)
        self._open.append(exchange)

    def forget(self, exchange: Recorded) -> None:
        """Drop an exchange that was not answered, and not by the server's fault."""
        self._open.remove(exchange)
        if exchange in self._steps:
            at = self._steps.index(exchange)
            self._steps[at : at + 1] = exchange.during
        for step in self._steps:
            if exchange in step.during:
                step.during.remove(exchange)

    def end(self, exchange: Recorded) -> None:
        """End an exchange and keep it; what can't be written now is told in ``trouble``, and written by ``finish``."""
        self._open.remove(exchange)
        self._size += sum(len(body.content or b"") for body in (exchange.request_body, exchange.body))
        if self._file is None:
            return
        step = {"step": self._written, "wait_before_s": 0, **self._exchange(exchange)}
        try:
            self._file.add(_text(step, indent=None))
        except OSError as error:
            self.trouble = error.strerror or str(error)
        else:
            self._written += 1

    def finish(self) -> None:
        """Put the file in order; raises ``OSError``."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self.write()

    def write(self) -> None:
        """Write the file anew, in one go. Raises ``OSError``."""
        beside = self._path.with_name(f"{self._path.name}.part")
        beside.write_bytes(_text(self.document(), indent=1) + b"\n")
        beside.replace(self._path)

    def document(self) -> JSON:
        """All that is over, as JSON."""
        done = self._done()
        steps = [self._step(number, step, done[number - 1] if number else None) for number, step in enumerate(done)]
        with_variables(steps)
        return {**self._about, "steps": steps}

    def _done(self) -> list[Recorded]:
        """Return the steps that are over; of one that is not, those that came meanwhile."""
        done: list[Recorded] = []
        for step in self._steps:
            done += [each for each in step.during if each not in self._open] if step in self._open else [step]
        return done

    def _step(self, number: int, step: Recorded, before: Recorded | None) -> JSON:
        during = [
            {"after_s": round(each.began - step.began, 3), **self._exchange(each)}
            for each in step.during
            if each not in self._open
        ]
        waited = 0 if before is None else max(0, step.began - before.ended)
        exchange = self._exchange(step)
        return {"step": number, "wait_before_s": round(waited, 3), **exchange} | ({"during": during} if during else {})

    def _exchange(self, exchange: Recorded) -> JSON:
        return {"request": exchange.request(self._redaction), "response": exchange.response(self._redaction)}


def _text(value: JSON, *, indent: int | None) -> bytes:
    """JSON in UTF-8; with escapes where a text is none that UTF-8 can carry."""
    try:
        return json.dumps(value, indent=indent, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent).encode()
