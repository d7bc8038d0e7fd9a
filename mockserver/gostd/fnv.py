"""64-bit FNV-1, as in Go's ``hash/fnv``: the hash by which Nomad tells artifacts and kinds of nodes apart."""

from hashlib import blake2b

_OFFSET, _PRIME = 0xCBF29CE484222325, 0x100000001B3


def fnv(data: bytes, value: int = _OFFSET) -> int:
    """Return the hash of some bytes that follow those of which ``value`` is the hash."""
    for byte in data:
        value = (value * _PRIME & 0xFFFFFFFFFFFFFFFF) ^ byte
    return value


def text_fnv(text: str, exact: int) -> int:
    """Return the hash of a text; the beginning of one with more than ``exact`` bytes goes through a faster hash."""
    data = text.encode("utf-8", "surrogatepass")  # half a surrogate may be in it
    if len(data) <= exact:
        return fnv(data)
    return fnv(data[-exact:], int.from_bytes(blake2b(data[:-exact], digest_size=8).digest()))
