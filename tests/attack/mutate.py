"""Mutations of a JSON value that know its structure."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any, TypeAlias

from tests.attack.writing import Literally

Place: TypeAlias = tuple[Any, Any]
"""A container and the key or index in it."""

_NUMBERS = (
    0, 1, -1, 2, 50, 101, 255, 256, 999, 2**31 - 1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, 2**63, -(2**63),
    2**64 - 1, 2**64, 10**20, 10**400, 0.5, -0.0, 1e-300, 1e308, 9_223_372_036_854_775_000, 3_600_000_000_000,
)  # fmt: skip
_NUMERALS = ("1e999", "-0", "1.0", "1e2", "1E-7", "00", "01", "1.", ".5", "+1", "NaN", "Infinity", "0x10", "1_000")
TEXTS = (
    "", " ", "\0", "\t", "a\nb", "\x7f", "é", "e\u0301", "\u2028", "\ufeff", "\ufffd", "🏳️‍🌈", "İ", "ß", "K", "ſ",
    "../..", "/", "//", "a/b", "%2F", "%", "%zz", "${", "${attr.", "${meta.a}", "$1", "\\", '"', "'", "<b>", "null",
    "true", "-1", "1e999", "* * * * *", "*/0 * * * *", "@every 1s", "0 0 31 2 *", "* * * * * * *", ">= 1.0, < 2",
    "~> 1", "(a*)*b", "[", "(?i)x", "\\p{Greek}", "a{1000}", "(?P<n>a)", "service", "batch", "system", "_core",
    "SIGKILL", "regexp", "version", "distinct_hosts", "distinct_property", "set_contains", "is", "cron",
    "_internal_test",
    "99999999999999999999", "mock_driver", "raw_exec", "sleep", "fail", "delay", "constraint", "AAAA", "====",
    "a" * 300,
)  # fmt: skip
_FRAGMENTS = (
    r'"\ud800"',
    r'"\udc00\ud800"',
    r'"\ud83d\ude00"',
    r'"\u0000"',
    r'"\x"',
    r'"\u12"',
    '"',
    "tru",
    "{",
    "}",
    "",
)


def mutated(value: Any, rng: random.Random, others: tuple[Any, ...], times: int) -> Any:
    """Return a copy of ``value`` with this many mutations; parts of ``others`` may be put into it."""
    box = [copy.deepcopy(value)]
    for _ in range(times):
        places = list(_places(box))
        # what lies deep is most of it, so half of the changes go to the places nearer to the top
        container, key = rng.choice(places if rng.random() < 0.5 else places[: 1 + len(places) // 4])
        change = rng.choices(list(_CHANGES), list(_CHANGES.values()))[0]
        change(container, key, rng, others)
    return box[0]


def _places(container: Any) -> "list[Place]":
    found: list[Place] = []
    row = [container]
    while row:
        here = row.pop(0)
        keys = list(here) if isinstance(here, dict) else range(len(here))
        found += [(here, key) for key in keys]
        row += [here[key] for key in keys if isinstance(here[key], dict | list)]
    return found


def _drop(container: Any, key: Any, _rng: random.Random, _others: Any) -> None:
    if isinstance(container, dict):
        del container[key]
    else:
        container[key] = None


def _empty(container: Any, key: Any, rng: random.Random, _others: Any) -> None:
    container[key] = rng.choice(("", [], {}, 0, False, [None], [{}], [[]], {"": None}))


def _null(container: Any, key: Any, _rng: random.Random, _others: Any) -> None:
    container[key] = None


def _number(container: Any, key: Any, rng: random.Random, _others: Any) -> None:
    container[key] = rng.choice(_NUMBERS) if rng.random() < 0.8 else Literally(rng.choice(_NUMERALS))


def _string(container: Any, key: Any, rng: random.Random, _others: Any) -> None:
    text = rng.choice(TEXTS)
    container[key] = str(container[key])[:80] + text if rng.random() < 0.3 else text


def _fragment(container: Any, key: Any, rng: random.Random, _others: Any) -> None:
    container[key] = Literally(rng.choice(_FRAGMENTS))


def _retype(container: Any, key: Any, rng: random.Random, _others: Any) -> None:
    old = container[key]
    text = str(old)[:80]
    container[key] = rng.choice(([old], {"a": old}, text, old == 1, len(text), [old, old], {text: old}))


def _rename(container: Any, key: Any, rng: random.Random, _others: Any) -> None:
    if not isinstance(container, dict):
        return
    spellings = (key.lower(), key.upper(), key.swapcase(), f"{key} ", f"{key}s", key[:-1], key.replace("s", "ſ"), "")
    new: str = rng.choice(spellings)
    if rng.random() < 0.4:
        new = Literally(f'"{key[:1]}' + "".join(f"\\u{ord(one) & 0xFFFF:04x}" for one in key[1:]) + '"')
    if rng.random() < 0.5:
        container[new] = container[key]
    else:
        container[new] = container.pop(key)


def _twice(container: Any, key: Any, rng: random.Random, others: tuple[Any, ...]) -> None:
    """Return the container with one element, or one name of an object, twice."""
    if isinstance(container, list):
        container.insert(rng.randrange(len(container) + 1), copy.deepcopy(container[key]))
    elif not isinstance(key, Literally):
        first, second = (json.dumps(each) for each in (_plain(container[key]), _part(rng, others)))
        container[key] = Literally(f"{first},{json.dumps(key)}:{second}")


def _swap(container: Any, key: Any, rng: random.Random, others: tuple[Any, ...]) -> None:
    container[key] = copy.deepcopy(_part(rng, others))


def _deep(container: Any, key: Any, rng: random.Random, _others: Any) -> None:
    depth = rng.choice((2, 10, 60, 130, 500, 1100, 9_999, 10_001))
    start, end = rng.choice((("[", "]"), ('{"a":', "}"), ('[{"Job":', "}]"), ('{"Constraints":[', "]}")))
    container[key] = Literally(f"{start * depth}1{end * depth}")


_LONGEST = 4_000_000
"""Characters that a repeated text may have."""


def _long(container: Any, key: Any, rng: random.Random, _others: Any) -> None:
    size = rng.choice((3, 20, 100, 100, 1000, 5000))
    if isinstance(container[key], str):
        repeated = container[key] or rng.choice(TEXTS) or "x"
        container[key] = repeated * min(size, max(_LONGEST // len(repeated), 1))
        return
    one = json.dumps(_plain(container[key]))[:20_000]
    container[key] = Literally(f"[{','.join([one] * min(size, 1 + 300_000 // len(one)))}]")


def _part(rng: random.Random, others: tuple[Any, ...]) -> Any:
    container, key = rng.choice(_places([rng.choice(others)]))
    return container[key]


def _plain(value: Any) -> Any:
    """Return the value without texts that stand for themselves, so that a JSON encoder takes it."""
    if isinstance(value, Literally):
        return None
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if not isinstance(key, Literally)}
    return [_plain(each) for each in value] if isinstance(value, list) else value


_CHANGES: dict[Callable[[Any, Any, random.Random, tuple[Any, ...]], None], float] = {
    _drop: 2,
    _empty: 2,
    _null: 1,
    _number: 2,
    _string: 3,
    _fragment: 0.5,
    _retype: 1,
    _rename: 1.5,
    _twice: 1.5,
    _swap: 1.5,
    _deep: 0.15,
    _long: 0.4,
}
