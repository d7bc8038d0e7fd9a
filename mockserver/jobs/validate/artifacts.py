"""Rules of artifacts."""

from typing import Any

from mockserver.gostd.fmt import quote, trim_space
from mockserver.jobs.validate.paths import escapes
from mockserver.jobs.validate.problems import Problems

_DIGEST_BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
_HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")


def artifact_problems(artifact: dict[str, Any]) -> Problems:
    """List the problems of one artifact."""
    if not artifact["GetterSource"]:
        yield "source must be specified"
    if escapes("task", artifact["RelativeDest"]):
        yield "destination escapes allocation directory"
    options = artifact["GetterOptions"] or {}
    if "checksum" in options:
        yield from _checksum_problems(trim_space(options["checksum"]))


def _checksum_problems(checksum: str) -> Problems:
    kind, *values = checksum.split(":")
    if not checksum:
        yield "checksum value cannot be empty"
    elif len(values) != 1:
        yield f'checksum must be given as "type:value"; got {quote(checksum)}'
    elif mistake := _mistake_in_hex(values[0].encode()):
        yield f"invalid checksum: encoding/hex: {mistake}"
    elif kind not in _DIGEST_BYTES:
        yield f"unsupported checksum type: {kind}"
    elif len(values[0]) != 2 * _DIGEST_BYTES[kind]:
        yield f"invalid {kind} checksum: {values[0]}"


def _mistake_in_hex(digits: bytes) -> str | None:
    """Digits are looked at byte by byte: the first byte of ``é`` is the one that is wrong."""
    for byte in digits:
        if byte not in _HEX_DIGITS:
            return f"invalid byte: U+{byte:04X}" + (f" '{chr(byte)}'" if chr(byte).isprintable() else "")
    return "odd length hex string" if len(digits) % 2 else None
