"""How Go prints values."""

import pytest

from mockserver.gostd import fmt


@pytest.mark.parametrize(
    ("text", "quoted", "in_ascii"),
    [
        ("", '""', '""'),
        ('a"\\', r'"a\"\\"', r'"a\"\\"'),
        ("\a\b\f\n\r\t\v", r'"\a\b\f\n\r\t\v"', r'"\a\b\f\n\r\t\v"'),
        ("\x00\x7f", r'"\x00\x7f"', r'"\x00\x7f"'),
        ("é日", '"é日"', r'"\u00e9\u65e5"'),
        ("\u200b\xa0\ue000", r'"\u200b\u00a0\ue000"', r'"\u200b\u00a0\ue000"'),
        ("😀\U000e0001", '"😀\\U000e0001"', r'"\U0001f600\U000e0001"'),
    ],
)
def test_quoted_text(text: str, quoted: str, in_ascii: str) -> None:
    """Unprintable characters are escaped; the ASCII form escapes all beyond ASCII."""
    assert fmt.quote(text) == quoted
    assert fmt.quote_ascii(text) == in_ascii


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("a", '"a"'),
        (5, "%!q(float64=5)"),
        (16777216.5, "%!q(float64=1.67772165e+07)"),
        (False, "%!q(bool=false)"),
        ([], "[]"),
        (["a", None, [1]], '["a" <nil> [%!q(float64=1)]]'),
        ({"b": {}, "a": True}, 'map["a":%!q(bool=true) "b":map[]]'),
    ],
)
def test_quoted_values(value: object, quoted: str) -> None:
    """Keys are sorted; a value without a quoted form is shown with its type."""
    assert fmt.quote_value(value) == quoted


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0s"),
        (5, "5ns"),
        (1_500, "1.5µs"),
        (-1_000_000, "-1ms"),
        (1_000_000_000, "1s"),
        (61_000_000_001, "1m1.000000001s"),
        (3_600_000_000_000, "1h0m0s"),
        (2**63 - 1, "2562047h47m16.854775807s"),
        (-(2**63), "-2562047h47m16.854775808s"),
    ],
)
def test_durations(nanoseconds: int, text: str) -> None:
    """The largest unit that fits is used, hours at most."""
    assert fmt.duration(nanoseconds) == text


@pytest.mark.parametrize(
    ("value", "kept"), [(2**63 - 1, 2**63 - 1), (2**63, -(2**63)), (2**64, 0), (-(2**63) - 1, 2**63 - 1)]
)
def test_sixty_four_bits(value: int, kept: int) -> None:
    """Overflow wraps around."""
    assert fmt.int64(value) == kept


@pytest.mark.parametrize(("text", "capital"), [("sigint", "SIGINT"), ("straße", "STRAßE"), ("ǆ", "Ǆ"), ("ᾳ", "ᾼ")])
def test_capitals(text: str, capital: str) -> None:
    """Capitals are single characters, as in Go."""
    assert fmt.upper(text) == capital


@pytest.mark.parametrize(
    ("text", "small"),
    [
        ("Job-1", "job-1"),
        ("\u0391\u03a3", "\u03b1\u03c3"),
        ("\u0130d", "id"),
        ("\u1e9e\u212a", "\u00dfk"),
        ("\u03c2", "\u03c2"),
    ],
)
def test_small_letters(text: str, small: str) -> None:
    """Small letters are single characters, whatever stands beside them, as in Go."""
    assert fmt.lower(text) == small


def test_space_around_text() -> None:
    """White space is what Unicode calls so, and nothing else."""
    assert fmt.trim_space("\u00a0\u2028\x85 \x1c \u3000\n") == "\x1c"
