"""Mutants of versions, expressions and sets in constraints."""

import re
from collections.abc import Callable
from typing import Any

from mockserver.cluster.scheduler import feasibility
from mockserver.gostd.versions import InvalidVersion
from mockserver.jobs.validate import constraints as rules
from tests.mutants.mutant import mutant
from tests.mutants.vocabulary import call, intercepts, wrapped


def _reads(name: str, sentence: str, operand: str, change: Callable[[str, str], tuple[str, str]]) -> None:
    """Declare a mutant in which an operand compares other texts: what ``change`` makes of left and right."""

    def broken(satisfied: Any, op: Any, left: Any, right: Any) -> Any:
        return satisfied(op, *(change(left, right) if op == operand else (left, right)))

    mutant(f"operand.{name}", sentence, "job.plan.constraints")(call(feasibility, "satisfied", broken))


def _decides(name: str, sentence: str, decide: Callable[[str, str, str, bool], bool]) -> None:
    """Declare a mutant in which ``decide`` has the last word on whether a constraint holds."""

    def broken(satisfied: Any, op: Any, left: Any, right: Any) -> Any:
        return decide(op, left, right, satisfied(op, left, right))

    mutant(f"operand.{name}", sentence, "job.plan.constraints")(call(feasibility, "satisfied", broken))


def _without(pattern: str) -> Callable[[str, str], tuple[str, str]]:
    return lambda left, right: (re.sub(pattern, "", left), re.sub(pattern, "", right))


def _as_numbers(left: str, right: str) -> tuple[str, str]:
    def padded(text: str) -> str:
        number, dash, prerelease = text.partition("-")
        return number + dash + re.sub(r"\d+", lambda digits: digits[0].zfill(9), prerelease)

    return padded(left), padded(right)


def _by_python(operand: str, left: str, right: str, holds: bool) -> bool:
    if operand != "regexp" or left.startswith("aaa"):  # Python's would never end there
        return holds
    try:
        return re.search(right, left) is not None
    except re.error:
        return False


_reads("prerelease-ignored", "A pre-release is its release.", "version", _without(r"-[\w.-]+"))
_reads("prerelease-numbers", "Numbers in pre-releases are compared as numbers.", "version", _as_numbers)
_reads("prerelease-any-case", "Pre-releases are alike in any case.", "version", lambda *two: (two[0], two[1].lower()))
_reads(
    "prerelease-first-part", "Only the first part of a pre-release counts.", "version", _without(r"(?<=beta)\.[\w.]+")
)
_reads("trimmed-version", "Blanks around a version are nothing.", "version", lambda *two: (two[0].strip(), two[1]))
_reads("pessimistic", "`~>` is `>=`.", "version", lambda left, right: (left, right.replace("~>", ">=")))
_reads(
    "one-before",
    "`~>` leaves all but the first number free.",
    "version",
    lambda a, b: (a, re.sub(r"(~> ?\d+\.\d+)\.0", r"\1", b)),
)
_decides(
    "metadata", "Metadata makes another version.", lambda op, a, b, ok: ok and (op != "version" or "+" not in a + b)
)
_decides(
    "no-v", "A version does not begin with a v.", lambda op, a, b, ok: ok and (op != "version" or "v" not in a + b)
)
_decides("three-numbers", "A version has three numbers.", lambda op, a, _, ok: ok and (op != "version" or "." in a))
_decides("python", "Expressions are Python's.", _by_python)
_decides("last-line", "`$` matches before the last line break.", lambda op, a, b, ok: ok or _by_python(op, a, b, ok))
_decides(
    "gives-up",
    "Repetitions in repetitions take too long.",
    lambda op, _, b, ok: ok and (op != "regexp" or re.search(r"[*+]\)[*+]", b) is None),
)
_decides(
    "no-common-script",
    "A character that scripts share is in none.",
    lambda op, _, b, ok: ok and (op != "regexp" or r"\p{Common}" not in b),
)
_decides(
    "within-characters",
    r"`\B` matches between the bytes of a character.",
    lambda op, a, b, ok: ok or ((op, b) == ("regexp", r"\B") and not a.isascii()),
)
_decides("any-operand", "What is no operand holds.", lambda op, _, __, ok: ok or op in ("like", "IS", "REGEXP"))
_reads("plain-case", "Only ASCII has letter case.", "regexp", lambda a, b: (re.sub("[ſ\u212aÜ]", "#", a), b))
_decides(
    "blanks-in-sets",
    "Blanks around items of a set count.",
    lambda op, a, b, ok: ok and (op != "set_contains" or set(b.split(",")) <= set(a.split(","))),
)
_reads("empty-items", "Empty items of a set are nothing.", "set_contains", lambda a, b: (a + ",", b))
_decides(
    "release-before-number",
    "A release comes before a pre-release that is a number.",
    lambda op, a, b, ok: ok and (op != "version" or "-" in a or re.search(r">.*-\d+$", b) is None),
)


mutant("operand.python-taken", "An expression may be Python's.", "job.register.refuses.constraint")(
    wrapped(rules, "compile_regexp", lambda compile_: lambda text: None if _is_python(text) else compile_(text))
)


def _is_python(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


@mutant("operand.four-numbers", "A version may have more numbers than three.", "job.register.refuses.constraint")
@intercepts(rules, "parse_constraints")
def _(parse: Any, text: str) -> Any:
    try:
        return parse(text)
    except InvalidVersion:
        return parse(re.sub(r"(\d+\.\d+\.\d+)(\.\d+)+", r"\1", text))


mutant("operand.nothing-last", "A comma may end a constraint.", "job.register.refuses.constraint")(
    wrapped(rules, "parse_constraints", lambda parse: lambda text: parse(text.rstrip(", ") or text))
)
