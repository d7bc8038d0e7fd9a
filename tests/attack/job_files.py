"""Job files in HCL and JSON, damaged as a hand that writes them may do it, and worse."""

import json
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

from tests.attack import spoil
from tests.attack.mutate import TEXTS, mutated
from tests.attack.steps import JobFile
from tests.attack.writing import write

_FOLDER = Path(__file__).parents[1] / "hcl"
_PART = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\w.-]+|[{}\[\]=,]|<<-?\w+|\n')
"""What a change in HCL is about: a text, a word, a mark, a heredoc or the end of a line."""
_ODD = (
    "{", "}", "[", "]", "=", ",", '"', "<<EOF\n", "<<-EOF\n", "EOF\n", "/*", "*/", "//", "#", "$", "${", "-", "0x",
    "1e999", "1e9999999999", "-0", "0777", "true", "null", '"\\u12"', '"\\x"', '"${"', '"${\\"a\\"}"', "job", "group",
    "task", "\0", "\r\n", "\ufeff", "9" * 400, "{" * 300, "[" * 300, "é", "\ud800", 'task "a" {}', "count = -1",
    "count = 1e3",
)  # fmt: skip


def job_file(rng: random.Random, bodies: tuple[Any, ...]) -> JobFile:
    """Return a job file: HCL, or one of the bodies as JSON, mostly with a few changes."""
    if rng.random() < 0.6:
        return JobFile("job.nomad", hcl(rng))
    value = rng.choice(bodies)
    value = rng.choice((value, value, value.get("Job", value), [value], json.loads(json.dumps([value, value]))))
    text = write(mutated(value, rng, bodies, rng.choice((0, 1, 2, 5))), rng)
    return JobFile("job.json", spoil.bytes_of(text, rng) if rng.random() < 0.1 else text)


def hcl(rng: random.Random) -> bytes:
    """Return a text of HCL, mostly with a few changes."""
    text = _changed(rng.choice(_sources()), rng).encode("utf-8", "surrogatepass")
    return spoil.bytes_of(text, rng) if rng.random() < 0.1 else text


@cache
def _sources() -> tuple[str, ...]:
    return tuple(file.read_text("utf-8") for file in sorted(_FOLDER.glob("*.nomad")))


def _changed(text: str, rng: random.Random) -> str:
    """Return a text of HCL with a few parts changed, left out, said twice or put elsewhere."""
    for _ in range(rng.choice((0, 1, 1, 2, 5))):
        parts = [found.span() for found in _PART.finditer(text)]
        if not parts:
            return text
        (start, end), (other, beyond) = rng.choice(parts), rng.choice(parts)
        new = rng.choice(
            (
                "",
                text[start:end] * 2,
                text[other:beyond],
                text[min(start, other) : max(end, beyond)][:2_000],
                rng.choice(_ODD),
                json.dumps(rng.choice(TEXTS), ensure_ascii=rng.random() < 0.5),
            )
        )
        text = text[:start] + new + text[end:]
    return text
