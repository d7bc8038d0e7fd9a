"""Go's regular expressions; the expected results in the data come from Go."""

import json
from pathlib import Path
from typing import Any

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from mockserver.gostd.regexp import LONGEST, MOST_STEPS, ExpressionTooLarge, InvalidRegexp, compile_regexp
from tests.each import each

GO: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "regular_expressions.json").read_text("utf-8"))

IDEOGRAPHS, SYMBOLS = 622, 5
NEWER = {
    "Common": SYMBOLS,
    "Han": IDEOGRAPHS,
    "L": IDEOGRAPHS,
    "Lo": IDEOGRAPHS,
    "S": SYMBOLS,
    "So": SYMBOLS,
}
"""How many characters Unicode 15.1 has more than 15.0."""
SINCE_GO_1_25 = {"Cn", "LC"}
UNASSIGNED = GO["characters"]["Cn"]


@each(GO["matches"], lambda case: repr(case["pattern"]))
def test_what_matches(case: dict[str, Any]) -> None:
    """An expression matches where it does in Go."""
    compiled = compile_regexp(case["pattern"])
    texts = [*case["found"], *case["missed"]]
    assert [text for text in texts if compiled.matches(text)] == case["found"]


@each(GO["mistakes"], lambda case: repr(case["pattern"][:40]))
def test_mistakes(case: dict[str, str]) -> None:
    """The first mistake is told in Go's words."""
    with pytest.raises(InvalidRegexp) as invalid:
        compile_regexp(case["pattern"])
    assert str(invalid.value) == case["told"]


@pytest.mark.slow
def test_characters_of_every_class() -> None:
    """A class has as many characters as in Go, except those newer than Go's tables."""
    text = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000).encode()
    numbers = {
        name: sum(len(run.group().decode()) for run in re2.compile(rf"\p{{{name}}}+".encode()).finditer(text))
        for name in GO["characters"].keys() - SINCE_GO_1_25
    }
    expected = {name: GO["characters"][name] + NEWER.get(name, 0) for name in numbers}
    expected["C"] -= UNASSIGNED
    assert numbers == expected


@pytest.mark.parametrize("name", ["Cn", "LC", "Letter", "greek", "ASCII", "Klingon"])
def test_names_that_only_newer_versions_of_go_know(name: str) -> None:
    """Names that only newer versions of Go know are refused as unknown."""
    with pytest.raises(InvalidRegexp) as invalid:
        compile_regexp(rf"\p{{{name}}}")
    assert str(invalid.value) == rf"error parsing regexp: invalid character class range: `\p{{{name}}}`"


@pytest.mark.parametrize(
    ("opening", "closing"), [("(", ")"), ("(?:", "?b)"), ("(?P<n>", ")"), ("(a|b[)(]|", ")"), ("(?i:a(?s)", r"\))")]
)
def test_expressions_that_nest_too_deeply(opening: str, closing: str) -> None:
    """Expressions may nest a thousand levels, as in Go."""
    fits, deep = (opening * times + "a" + closing * times for times in (300, 1001))
    compile_regexp(fits)
    if len(deep) <= LONGEST:
        with pytest.raises(InvalidRegexp) as invalid:
            compile_regexp(deep)
        assert str(invalid.value) == f"error parsing regexp: expression nests too deeply: `{deep}`"
    else:
        with pytest.raises(ExpressionTooLarge, match=f"has {len(deep)} bytes, the limit of this mock is {LONGEST}"):
            compile_regexp(deep)


@pytest.mark.parametrize("times", [990, 1001, LONGEST])
def test_parentheses_that_are_never_closed(times: int) -> None:
    """Any number of unclosed parentheses is one error."""
    with pytest.raises(InvalidRegexp) as invalid:
        compile_regexp("(" * times)
    assert str(invalid.value) == f"error parsing regexp: missing closing ): `{'(' * times}`"


def test_groups_around_nothing_else_do_not_nest() -> None:
    """Groups that capture nothing do not count as levels."""
    assert compile_regexp("(?:" * 1001 + "a" + ")" * 1001).matches("a")


@pytest.mark.parametrize("pattern", ["a" * (LONGEST + 1), "é" * LONGEST, r"\pL{1000}", "((ab){25}.{9}){40}" * 50])
def test_expressions_that_are_too_large(pattern: str) -> None:
    """An expression above our limit of size is refused with the limit; Go would accept it."""
    with pytest.raises(ExpressionTooLarge, match="the limit of this mock"):
        compile_regexp(pattern)


def test_a_match_that_may_take_too_long() -> None:
    """A long program on a long text is refused; either alone is allowed."""
    compiled = compile_regexp("(?:a?){1000}b")
    assert not compiled.matches("a" * 400)
    with pytest.raises(ExpressionTooLarge, match=f"the limit of this mock is {MOST_STEPS}"):
        compiled.matches("a" * 4000)
    assert compile_regexp("(a*)*b").matches("a" * 100_000 + "b")


def test_searching_between_characters_is_counted() -> None:
    r"""``\B`` may match, and fail, within every character, which counts for the limit."""
    compiled = compile_regexp(r".*x|\B")
    assert compiled.steps("aé" * 100) > 100 * compiled.steps("ab" * 100) / 2
    assert not compiled.matches("aé" * 100 + "a")


def test_texts_without_utf8() -> None:
    """A lone surrogate counts as one character."""
    assert compile_regexp("^.$").matches("\ud800")
    assert compile_regexp("^\ud800?$").matches("\udfff")


@given(st.text("ab1é^$.|()*+?{}[]\\,-:ipPQEBCxdDsSwWbAzZ<>\n\ud800", max_size=12))
def test_any_text_is_compiled_or_refused(pattern: str) -> None:
    """Any text is compiled or refused; no other exception is raised."""
    try:
        compiled = compile_regexp(pattern)
    except InvalidRegexp:
        return
    compiled.matches("ab1é")
