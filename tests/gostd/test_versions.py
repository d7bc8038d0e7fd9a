"""Versions and version constraints."""

import pytest

from mockserver.gostd.versions import InvalidVersion, parse_constraints, parse_version


@pytest.mark.parametrize(
    "ordered",
    [
        ["1.2-alpha", "1.2-beta", "1.2", "1.2.1", "1.10", "2"],
        ["1.0-1", "1.0-10", "1.0-2", "1.0-a"],
        ["1.0-a.b", "1.0-a"],
        ["1.0-a", "1.0-a.1"],
        ["1.0-a.1", "1.0-a.b"],
        ["1.0-a.99999999999999999999", "1.0-a"],
    ],
)
def test_order(ordered: list[str]) -> None:
    """Numbers compare as numbers, parts of a pre-release as text; a missing part is between words and numbers.

    So the order of pre-releases is circular.
    """
    versions = [parse_version(text) for text in ordered]
    for place, lower in enumerate(versions):
        assert lower.compare(lower) == 0
        for higher in versions[place + 1 :]:
            assert (lower.compare(higher), higher.compare(lower)) == (-1, 1)


@pytest.mark.parametrize(("left", "right"), [("1", "1.0.0"), ("v1.2", "1.2.0"), ("1.0+a", "1.0+b"), ("01.0", "1")])
def test_equal_versions(left: str, right: str) -> None:
    """Missing numbers are 0, and metadata does not count."""
    assert parse_version(left).compare(parse_version(right)) == 0


@pytest.mark.parametrize("text", ["", "1.2.3.4", "a", "1.", " 1", "1-", "1+é", "1\n", "-1", "1-a.", "1+a.b."])
def test_texts_that_are_no_version(text: str) -> None:
    """The error has the text."""
    with pytest.raises(InvalidVersion) as invalid:
        parse_version(text)
    assert str(invalid.value) == f"Malformed version: {text}"


@pytest.mark.parametrize("digits", ["2147483648", "9" * 5000])
def test_numbers_that_are_too_large(digits: str) -> None:
    """A number has 32 bits; leading zeros do not count."""
    with pytest.raises(InvalidVersion) as invalid:
        parse_constraints(f"> 1.{digits}")
    assert str(invalid.value) == f'Error parsing version: strconv.ParseInt: parsing "{digits}": value out of range'
    assert parse_version("0" * 5000 + "2147483647").numbers == (2147483647, 0, 0)


@pytest.mark.parametrize(
    ("constraint", "kept", "broken"),
    [
        ("1.2", ["1.2.0"], ["1.2.1"]),
        ("= 1.2", ["1.2"], ["1.2-a"]),
        ("!=1.2", ["1.3"], ["1.2"]),
        ("> 1.2", ["1.2.1"], ["1.2", "1.2-a"]),
        (">= 0.6.1", ["0.6.1", "1"], ["0.6.1-dev", "0.6.0"]),
        ("\t< 2 ", ["1.9"], ["2"]),
        ("<= 2", ["2", "2-a"], ["2.0.1"]),
        ("~> 1.2.3", ["1.2.3", "1.2.9"], ["1.2.2", "1.3"]),
        ("~> 1.2", ["1.2", "1.9"], ["1.1", "2.0"]),
        ("~> 1", ["1", "9"], ["0.9"]),
        ("> 1, < 2", ["1.5"], ["1", "2"]),
    ],
)
def test_constraints(constraint: str, kept: list[str], broken: list[str]) -> None:
    """All parts of a constraint have to hold."""
    parts = parse_constraints(constraint)
    for text in [*kept, *broken]:
        assert all(part.allows(parse_version(text)) for part in parts) == (text in kept), text


@pytest.mark.parametrize(
    ("constraint", "part"), [("zz", "zz"), ("", ""), (">= 1, zz", " zz"), ("== 1", "== 1"), ("\v1", "\v1"), ("1,", "")]
)
def test_texts_that_are_no_constraint(constraint: str, part: str) -> None:
    """The error has the part that is wrong, with its spaces."""
    with pytest.raises(InvalidVersion) as invalid:
        parse_constraints(constraint)
    assert str(invalid.value) == f"Malformed constraint: {part}"


def test_blanks_without_end() -> None:
    """A million spaces on either side count as none, and take no measurable time."""
    blanks = " " * 1_000_000
    (constraint,) = parse_constraints(f"{blanks}>={blanks}1.2{blanks}")
    assert constraint.allows(parse_version("1.2"))
    with pytest.raises(InvalidVersion):
        parse_constraints(f"{blanks}x{blanks}")
