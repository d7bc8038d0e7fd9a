"""Reading JSON: Go's words for every mistake, and Python's values for everything that is right."""

import json
import re
import sys
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import BadRequest
from mockserver.gostd.json_text import Number, Tree, read, read_exactly

MISTAKES = {
    b"": "EOF",
    b" \t\r\n": "EOF",
    b"{": "unexpected EOF",
    b'{"a": [1, 2': "unexpected EOF",
    b'{"a": "\\': "unexpected EOF",
    b"-": "unexpected EOF",
    b"1.": "unexpected EOF",
    b"1e+": "unexpected EOF",
    b"nul": "unexpected EOF",
    b"nonsense": "invalid character 'o' in literal null (expecting 'u')",
    b"trUe": "invalid character 'U' in literal true (expecting 'u')",
    b"falsy": "invalid character 'y' in literal false (expecting 'e')",
    b"NaN": "invalid character 'N' looking for beginning of value",
    b'{"a": NaN}': "invalid character 'N' looking for beginning of value",
    b"-Infinity": "invalid character 'I' in numeric literal",
    b'{"a": 1,}': "invalid character '}' looking for beginning of object key string",
    b"{1: 2}": "invalid character '1' looking for beginning of object key string",
    b'{"a" 1}': "invalid character '1' after object key",
    b'{"a": 1 "b": 2}': "invalid character '\"' after object key:value pair",
    b'{"a": 1]': "invalid character ']' after object key:value pair",
    b"[1 2]": "invalid character '2' after array element",
    b"[1}": "invalid character '}' after array element",
    b"[1,]": "invalid character ']' looking for beginning of value",
    b"[01]": "invalid character '1' after array element",
    b"[1.x]": "invalid character 'x' after decimal point in numeric literal",
    b"[1.5.5]": "invalid character '.' after array element",
    b"[1e]": "invalid character ']' in exponent of numeric literal",
    b"[1.5E+x]": "invalid character 'x' in exponent of numeric literal",
    b"[1e5e5]": "invalid character 'e' after array element",
    b"[1e5.0]": "invalid character '.' after array element",
    b"[-x]": "invalid character 'x' in numeric literal",
    b"[+1]": "invalid character '+' looking for beginning of value",
    b'"a\nb"': r"invalid character '\n' in string literal",
    b'"\x00"': r"invalid character '\x00' in string literal",
    b'"\\x41"': "invalid character 'x' in string escape code",
    b'"\\u12G4"': "invalid character 'G' in \\u hexadecimal character escape",
    b'"\\u"': "invalid character '\"' in \\u hexadecimal character escape",
    b"'a'": r"invalid character '\'' looking for beginning of value",
    b"\\": r"invalid character '\\' looking for beginning of value",
    b"\a": r"invalid character '\a' looking for beginning of value",
    b"\x7f": r"invalid character '\x7f' looking for beginning of value",
    b"\xc3\xa9": "invalid character 'Ã' looking for beginning of value",
    b"\xef\xbb\xbf{}": "invalid character 'ï' looking for beginning of value",
    b"\x85": r"invalid character '\u0085' looking for beginning of value",
    b"\xa0": r"invalid character '\u00a0' looking for beginning of value",
    b"[" * 10_001: "invalid character '[' exceeded max depth",
    b'{"a":' * 10_001: "invalid character '{' exceeded max depth",
}

VALUES: dict[bytes, Tree] = {
    b"null": None,
    b" true ": True,
    b"false": False,
    b"[]": [],
    b"{}": (),
    b"[[], {}]": [[], ()],
    b'{"a": 1, "A": 2, "a": {"b": null}}': (("a", "1"), ("A", "2"), ("a", (("b", None),))),
    b'["a\\u0041\\n\\/", "\\ud83d\\ude00"]': ["aA\n/", "😀"],
    b'["\\ud800", "\\udc00x", "\\ud800\\ud83d\\ude00", "\\\\ud800"]': ["�", "�x", "�😀", "\\ud800"],
    b'{"\xff": "\xe2\x82", "b": "\xed\xa0\x80"}': (("�", "��"), ("b", "���")),
    b"{} trailing": (),
    b'{"a": []}]': (("a", []),),
    b"nullx": None,
    b"12x": Number("12"),
    b"01": Number("0"),
    b"[-0, 1.50, 1E+2, 12345678901234567890]": ["-0", "1.50", "1E+2", "12345678901234567890"],
}


@pytest.mark.parametrize("reader", [read, read_exactly])
@pytest.mark.parametrize("body", MISTAKES, ids=lambda body: repr(body[:20]))
def test_a_mistake_is_told_in_the_words_of_go(reader: Any, body: bytes) -> None:
    """Both readers report malformed JSON as Go 1.19 does."""
    with pytest.raises(BadRequest) as refusal:
        reader(body)
    assert refusal.value.text == MISTAKES[body]


@pytest.mark.parametrize("reader", [read, read_exactly])
@pytest.mark.parametrize("body", VALUES, ids=repr)
def test_a_value_keeps_order_duplicates_and_literals(reader: Any, body: bytes) -> None:
    """Only the first value is read; objects become pairs, numbers stay as written, bad text becomes U+FFFD."""
    assert reader(body) == VALUES[body]


def test_numbers_are_told_from_strings() -> None:
    """The string "1" and the number 1 are different trees."""
    tree = read_exactly(b'[1, "1"]')
    assert isinstance(tree, list)
    assert [type(item) for item in tree] == [Number, str]


def test_ten_thousand_levels_are_read() -> None:
    """Nesting up to Go's limit is read without recursion."""
    tree: Any = read(b'{"a":' + b"[" * 9_999 + b"]" * 9_999 + b"}")
    depth = 0
    tree = tree[0][1]
    while tree:
        tree, depth = tree[0], depth + 1
    assert depth == 9_998


def as_tree(value: Any) -> Tree:
    """Return the tree that the readers should make of a value."""
    if isinstance(value, dict):
        return tuple((name, as_tree(item)) for name, item in value.items())
    if isinstance(value, list):
        return [as_tree(item) for item in value]
    return Number(json.dumps(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


valid_text = st.text(st.characters(exclude_categories=["Cs"]))
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | valid_text,
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(valid_text, parts, max_size=4),
    max_leaves=20,
)


@given(documents, st.booleans(), st.sampled_from([None, 1]))
def test_both_readers_agree_with_python_on_valid_documents(document: Any, ascii_only: bool, indent: int | None) -> None:
    """Both readers read back what Python's json wrote."""
    body = json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode()
    assert read(body) == read_exactly(body) == as_tree(document)


@given(documents, st.data())
def test_both_readers_agree_on_damaged_documents(document: Any, data: st.DataObject) -> None:
    """Both readers give the same tree, or the same refusal, for a document with one byte replaced."""
    body = bytearray(json.dumps({"a": document}).encode())
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(read, bytes(body)) == outcome(read_exactly, bytes(body))


@given(st.binary() | st.text('{}[]",:\\u0123eE.-+truefalsn \n').map(str.encode))
def test_random_bytes_raise_nothing_but_bad_request(body: bytes) -> None:
    """Random bytes raise nothing but BadRequest."""
    assert outcome(read, body) == outcome(read_exactly, body)


def outcome(reader: Any, body: bytes) -> Any:
    """Return the tree or the text of the refusal."""
    try:
        return reader(body)
    except BadRequest as refusal:
        return refusal.text


@given(documents)
def test_a_long_body_is_read_the_same_way(document: Any) -> None:
    """The reader that lets other threads have their turn makes the same of it."""
    body = json.dumps({"a": document, "padding": " " * 300_000}).encode()
    assert repr(read(body)) == repr(read_exactly(body))


@pytest.mark.slow
def test_python_runs_between_the_members_of_a_long_body() -> None:
    """The interpreter hands over to other threads only there; the scanner alone would hold it to the end."""
    body = json.dumps({"a": [{"b": number} for number in range(60_000)]}).encode()
    calls = Counter[str]()
    sys.setprofile(lambda frame, event, _: calls.update([frame.f_code.co_name] if event == "call" else ()))
    try:
        read(body)
    finally:
        sys.setprofile(None)
    assert calls.total() > 120_000


@pytest.mark.parametrize("unit", ["€", "\\n", "\\ud83d\\ude00", "a\\u20ac", "x" * 5000], ids=ascii)
@pytest.mark.parametrize("bad", [b"", b"\xff", b"\xe2\x82"], ids=ascii)
def test_long_strings_are_read_in_pieces(unit: str, bad: bytes) -> None:
    """A string that is matched and decoded in pieces is the one that Python's reader gives for the whole."""
    literal = b'"' + (unit * (300_000 // len(unit))).encode() + bad + b'"'
    expected = json.loads(literal.decode(errors="surrogateescape"))
    assert read_exactly(literal) == re.sub("[\ud800-\udfff]", "\ufffd", expected)
