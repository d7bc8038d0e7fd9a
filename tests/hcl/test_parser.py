"""HCL is read as the parser of Nomad 0.5.4 reads it."""

from typing import Any

import pytest

from mockserver.hcl.parser import parse
from mockserver.hcl.scanner import HclError
from mockserver.hcl.values import config


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"a\\nb \\"q\\" \\\\d \\u00e9 \\x41 \\101 \\U0001f600"', 'a\nb "q" \\d é A A \U0001f600'),
        ('"${a "b" {c}} \\t"', '${a "b" {c}} \t'),
        ('"${a\\\\b}"', "${a\\b}"),
        ("<<EOH\n one\ntwo\nEOH\n", " one\ntwo\n"),
        ("<<EOH\nx\n  EOH\n", "x\n  "),
        ("<<-EOH\n    one\n      two\n    EOH\n", "one\n  two\n"),
        ("<<-EOH\n  one\n    EOH\n", "  one\n"),
        ("<<EOH\r\none\r\nEOH\r\n", "one\r\n"),
        ("-12", -12),
        ("0x1F", 31),
        ("017", 15),
        ("1.5e3", 1500.0),
        ("2e1", 20.0),
        ("true", True),
        ('[1, "a", { b = 2 },]', [1, "a", {"b": 2}]),
        ("[]", []),
        ('{ d "x" "y" {} }', [{"d": [{"x": [{"y": [{}]}]}]}]),
        ("{ a = 1, b { c = 2 } b { c = 3 } }", [{"a": 1, "b": [{"c": 2}, {"c": 3}]}]),
    ],
)
def test_values(text: str, value: Any) -> None:
    """Texts, numbers, lists and blocks have the values that the configuration of a driver gets."""
    assert config(parse(f"# a\nx = {text} /* b\n */ // c"))["x"] == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('a = "x\n"', "line 1, column 5: this text is not closed: a quote is missing on its line"),
        ('a = "${x"', "line 1, column 5: ${ in this text is not closed: a brace is missing"),
        ('a = "\\d"', "line 1, column 6: there is no \\d; write \\\\ for a backslash"),
        ("a = <<EOH\nx\n", "line 1, column 5: this text is not closed: a line with EOH is missing"),
        ("a = <<-EOH\nx\nEOH\n", "line 1, column 5: this text is not closed: an indented line with EOH is missing"),
        ("\n\n  $", "line 3, column 3: '$' has no meaning here"),
        ("a = }", "line 1, column 5: expected a text in quotes, a number, true, false, a list or a block, found '}'"),
        ("a = [1 2]", "line 1, column 8: expected , or ], found 2"),
        ("a = [true]", "line 1, column 6: expected a text in quotes, a number or a block; Nomad 0.5 has no others"),
        ("a b = 1", "line 1, column 5: expected {, found '='"),
        ("a", "line 1, column 2: expected = or {, found the end of the file"),
        ("a { b = 1", "line 1, column 10: expected a name or }, found the end of the file"),
        ("}", "line 1, column 1: expected a name, found '}'"),
        ("a {" * 3000, "line 1, column 1: blocks are nested too deeply"),
    ],
)
def test_what_is_no_hcl(text: str, problem: str) -> None:
    """The error names line and column, what was expected, and what is there."""
    with pytest.raises(HclError) as told:
        parse(text)
    assert str(told.value).startswith(problem)
