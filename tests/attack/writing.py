"""JSON text that an encoder would never write: strings with odd escapes, and members that are not JSON."""

import json
import random
from typing import Any


class Literally(str):
    """A text that is written as it is, where a value or a key would stand."""

    __slots__ = ()


def write(value: Any, rng: random.Random) -> bytes:
    """Return the text of a value, with random spaces and escapes."""
    odd = rng.random() < 0.1
    return _text(value, rng, odd=odd).encode("utf-8", "surrogatepass")


def _text(value: Any, rng: random.Random, *, odd: bool) -> str:
    if isinstance(value, Literally):
        return str(value)
    if isinstance(value, dict):
        members = (f"{_text(key, rng, odd=odd)}:{_text(each, rng, odd=odd)}" for key, each in value.items())
        return f"{{{_comma(rng, odd).join(members)}}}"
    if isinstance(value, list):
        return f"[{_comma(rng, odd).join(_text(each, rng, odd=odd) for each in value)}]"
    if isinstance(value, str):
        return _escaped(value, rng) if odd else json.dumps(value)
    return json.dumps(value)


def _comma(rng: random.Random, odd: bool) -> str:
    return rng.choice((",", " , ", ",\n\t")) if odd else ","


def _escaped(text: str, rng: random.Random) -> str:
    """Return a string in which some characters are escaped that need not be."""
    shown = json.dumps(text, ensure_ascii=rng.random() < 0.5)[1:-1]
    if "\\" not in shown:
        shown = "".join(f"\\u{ord(one):04x}" if ord(one) < 0x80 and rng.random() < 0.2 else one for one in shown)
    return f'"{shown}"'
