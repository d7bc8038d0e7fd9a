"""A body as it comes in: of a known length, or in chunks, which Go's reader complains about in these words."""

from typing import Protocol

_LONGEST_LINE = 4096
_MOST_DIGITS = 16
_HEX = frozenset(b"0123456789abcdefABCDEF")


class Malformed(ValueError):
    """The bytes can't be the next part of a body."""


class Body(Protocol):
    """A body of which a part has come in."""

    @property
    def complete(self) -> bool:
        """Whether nothing more belongs to it."""

    @property
    def left(self) -> int:
        """How many more bytes are known to come."""

    def take(self, held: bytearray) -> bytes:
        """Take what belongs to the body from the beginning of ``held``, as far as it has come; raises ``Malformed``."""


def body_of(length: int | None) -> Body:
    """Return a body of ``length`` bytes, of which nothing has come; None for one that comes in chunks."""
    return Chunks() if length is None else Sized(length)


class Sized:
    """A body of a known length."""

    def __init__(self, length: int) -> None:
        self.left = length

    @property
    def complete(self) -> bool:
        """Whether all of it has come."""
        return self.left == 0

    def take(self, held: bytearray) -> bytes:
        """As many bytes as belong to it."""
        part = bytes(held[: self.left])
        del held[: self.left]
        self.left -= len(part)
        return part


class Chunks:
    """A body in chunks, with extensions and trailers, which are ignored."""

    def __init__(self) -> None:
        self.left = 0
        self.complete = False
        self._begun = False
        self._last = False

    def take(self, held: bytearray) -> bytes:
        """Return the data of the chunks that are complete, and remove from ``held`` what was read.

        Raises:
            Malformed: when a chunk is not framed as HTTP has it.
        """
        parts: list[bytes] = []
        at = 0
        try:
            while not self.complete:
                if self._begun and self.left == 0 and not self._last:
                    if len(held) < at + 2:
                        break
                    if held[at : at + 2] != b"\r\n":
                        raise Malformed("malformed chunked encoding")
                    self._begun = False
                    at += 2
                if self._begun and not self._last:
                    part = bytes(held[at : at + self.left])
                    if not part:
                        break
                    parts.append(part)
                    at += len(part)
                    self.left -= len(part)
                    continue
                line = _line(held, at)
                if line is None:
                    break
                at += len(line)
                if not self._last:
                    self._begin(line)
                elif not line.strip(b"\r\n"):
                    self.complete = True
        finally:
            del held[:at]
        return b"".join(parts)

    def _begin(self, line: bytes) -> None:
        if not line.endswith(b"\r\n"):
            raise Malformed("chunked line ends with bare LF")
        digits = line.partition(b";")[0].strip(b" \t\r\n")
        if not digits:
            raise Malformed("empty hex number for chunk length")
        if not _HEX.issuperset(digits):
            raise Malformed("invalid byte in chunk length")
        if len(digits) > _MOST_DIGITS:
            raise Malformed("http chunk length too large")
        self.left = int(digits, 16)
        self._begun, self._last = True, self.left == 0


def _line(held: bytearray, at: int) -> bytes | None:
    """Return the line that begins there, with its end; None when it is not complete.

    Raises:
        Malformed: when the line is longer than Go reads.
    """
    end = held.find(b"\n", at, at + _LONGEST_LINE)
    if end >= 0:
        return bytes(held[at : end + 1])
    if len(held) - at >= _LONGEST_LINE:
        raise Malformed("header line too long")
    return None
