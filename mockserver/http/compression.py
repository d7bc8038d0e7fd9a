"""Compress bodies with gzip, by the rules of a Nomad agent: which clients get it, and how it is packed."""

import gzip
import zlib


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether gzip is named with a quality above 0; ``*`` and ``x-gzip`` don't count (observed).

    The last mention that can be read counts. A quality that isn't a number makes a mention unreadable; any other
    parameter is ignored.
    """
    accepted = False
    for coding in accept_encoding.split(","):
        name, *parameters = (part.strip() for part in coding.split(";"))
        if name.lower() == "gzip":
            try:
                accepted = _quality(parameters) > 0
            except ValueError:
                continue
    return accepted


def _quality(parameters: list[str]) -> float:
    quality = 1.0
    for parameter in parameters:
        quality = float(parameter[2:]) if parameter.startswith("q=") else 1.0
    return quality


def compressed(body: bytes) -> bytes:
    """Return the body in gzip; the same body is always the same bytes."""
    return gzip.compress(body, 1, mtime=0)


class GzipStream:
    """Compresses a body in parts, each of which the client can read at once."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(1, wbits=31)

    def part(self, data: bytes) -> bytes:
        """Return the compressed form of the next part."""
        return self._packer.compress(data) + self._packer.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        """Return what ends the compressed body."""
        return self._packer.flush()
