"""Go's regular expressions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.jobs.regular_expressions import InvalidRegexp, compile_regexp


@pytest.mark.parametrize(
    ("pattern", "found", "missed"),
    [
        ("", ["", "a"], []),
        ("a.c", ["xabcx"], ["a\nc"]),
        ("(?s)a.c", ["a\nc"], []),
        ("(?s:a.)c(?-s:.)", ["a\ncd"], ["a\nc\n"]),
        ("^a$", ["a"], ["a\n", "\na"]),
        ("(?m)^a$", ["b\na\n"], ["ab"]),
        (r"\Aa\z", ["a"], ["a\n"]),
        ("(?i)straße[k]", ["STRAẞEK"], ["strassek"]),
        ("(?i:a)b", ["Ab"], ["AB"]),
        ("(?i)[^a]", ["b"], ["A"]),
        (r"(?i)\W", ["é"], ["ſ"]),
        ("a|b|", ["", "c"], []),
        ("x(?:a|bc)+?y", ["xabcy"], ["xy"]),
        ("(?P<1>a)(b)", ["ab"], ["a"]),
        ("(?U)a{2,}$", ["aa"], ["a"]),
        ("a{,2}", ["a{,2}"], ["aa"]),
        ("a{02}", ["a{02}"], ["aa"]),
        ("^a{0}{b", ["{b"], ["a{b"]),
        ("^*a", ["a", "ba"], []),
        (r"\bé", ["aé"], ["é"]),
        (r"^\B$", [""], ["a"]),
        (r"\d\D\s\S\w\W", ["1a b_-"], ["١a b_-"]),
        (r"[\d\-x]$", ["1", "-", "x"], ["y"]),
        ("[]a]", ["]"], ["["]),
        ("[^]a]", ["["], ["]"]),
        ("[a-]", ["-"], ["b"]),
        ("[[:alpha:][:^ascii:]]", ["a", "é"], ["1"]),
        ("[[:x]", [":", "["], ["a"]),
        (r"\pL\PL", ["é1"], ["ab"]),
        (r"\p{Greek}\p{^Lu}\P{^Nd}", ["αa1"], ["aa1"]),
        (r"[\P{Any}a]", ["a"], ["b"]),
        (r"\P{Any}", [], ["a"]),
        (r"\Qa.b\E\.c", ["a.b.c"], ["axb.c"]),
        (r"\Q(", ["("], ["a"]),
        (r"^\a\f\n\r\t\v\x41\x{1F600}\0\101\_\]$", ["\a\f\n\r\t\vA😀\0A_]"], [""]),
    ],
)
def test_what_matches(pattern: str, found: list[str], missed: list[str]) -> None:
    """The syntax of RE2 with the meaning of RE2."""
    compiled = compile_regexp(pattern)
    assert [text for text in [*found, *missed] if compiled.search(text)] == found


@pytest.mark.parametrize(
    ("pattern", "mistake"),
    [
        ("a(b", "missing closing ): `a(b`"),
        ("a)b", "unexpected ): `a)b`"),
        ("a[b-", "missing closing ]: `[b-`"),
        ("a[^", "missing closing ]: `[^`"),
        ("*", "missing argument to repetition operator: `*`"),
        ("a|+?b", "missing argument to repetition operator: `+?`"),
        ("({2,3}", "missing argument to repetition operator: `{2,3}`"),
        ("(?i)*", "missing argument to repetition operator: `*`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("a*?{2}?b", "invalid nested repetition operator: `*?{2}?`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("a{3,2}", "invalid repeat count: `{3,2}`"),
        ("a{1,99999999999}", "invalid repeat count: `{1,99999999999}`"),
        ("(a{50}){30}?", "invalid repeat count: `{30}?`"),
        ("(?:(?:a{0}){40}|b{2,}){600}", "invalid repeat count: `{600}`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
        (r"\p{Klingon}", r"invalid character class range: `\p{Klingon}`"),
        (r"\p{Greek", r"invalid character class range: `\p{Greek`"),
        (r"\p", r"invalid character class range: `\p`"),
        (r"[\PQ]", r"invalid character class range: `\PQ`"),
        ("a\\", "trailing backslash at end of expression: ``"),
        (r"\8", r"invalid escape sequence: `\8`"),
        (r"\1", r"invalid escape sequence: `\1`"),
        (r"\C", r"invalid escape sequence: `\C`"),
        (r"\é", r"invalid escape sequence: `\é`"),
        (r"[a-\d]", r"invalid escape sequence: `\d`"),
        (r"\x4", r"invalid escape sequence: `\x4`"),
        (r"\xgg", r"invalid escape sequence: `\xgg`"),
        (r"\x{4g}", r"invalid escape sequence: `\x{4g`"),
        (r"\x{41", r"invalid escape sequence: `\x{41`"),
        (r"\x{}", r"invalid escape sequence: `\x{}`"),
        (r"\x{1100000}", r"invalid escape sequence: `\x{110000`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?<n>a)", "invalid or unsupported Perl syntax: `(?<`"),
        ("(?i", "invalid or unsupported Perl syntax: `(?i`"),
        ("(?-)", "invalid or unsupported Perl syntax: `(?-)`"),
        ("(?i--s)", "invalid or unsupported Perl syntax: `(?i--`"),
        ("(?P<", "invalid or unsupported Perl syntax: `(?P`"),
        ("(?P<a b>c)", "invalid named capture: `(?P<a b>`"),
        ("(?P<a", "invalid named capture: `(?P<a`"),
        ("(" * 1001 + ")" * 1001, "expression nests too deeply: `" + "(" * 1001 + ")" * 1001 + "`"),
    ],
)
def test_mistakes(pattern: str, mistake: str) -> None:
    """The first one is told in Go's words."""
    with pytest.raises(InvalidRegexp) as invalid:
        compile_regexp(pattern)
    assert str(invalid.value) == f"error parsing regexp: {mistake}"


def test_nested_repeats_below_the_limit() -> None:
    """What is repeated no times, or without a least count, does not multiply."""
    for pattern in ("(a{20}){50}", "(a{0}){1000}", "(a{0,}){1000}", "((a*){500}){2}"):
        compile_regexp(pattern)


@given(st.text("ab1é^$.|()*+?{}[]\\,-:ipPQExdDsSwWbBAzZ<>\n", max_size=12))
def test_any_text_is_compiled_or_refused(pattern: str) -> None:
    """What RE2 accepts, the translation accepts too."""
    try:
        compiled = compile_regexp(pattern)
    except InvalidRegexp:
        return
    compiled.search("ab1é")
