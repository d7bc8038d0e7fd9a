"""Sets of characters."""

import pytest

from mockserver.jobs.character_classes import complement, folded, merged, perl_class, posix_class, unicode_class


def test_ranges_that_touch_become_one() -> None:
    """The result is in order."""
    assert merged([(5, 6), (1, 2), (3, 3), (5, 5)]) == ((1, 3), (5, 6))


def test_the_complement_of_a_complement() -> None:
    """Everything is one range, nothing is none."""
    letters = ((97, 122),)
    assert complement(letters) == ((0, 96), (123, 0x10FFFF))
    assert complement(complement(letters)) == letters
    assert complement(complement(())) == ()


@pytest.mark.parametrize(
    ("char", "others"), [("k", "K\u212a"), ("s", "Sſ"), ("ß", "ẞ"), ("σ", "ςΣ"), ("ı", ""), ("1", "")]
)
def test_other_cases(char: str, others: str) -> None:
    """All of them, but no letter that only some language holds for the same."""
    assert folded(((ord(char), ord(char)),)) == merged((ord(one), ord(one)) for one in char + others)


def test_classes_of_ascii() -> None:
    """Perl's space has no vertical tab, POSIX's has."""
    assert perl_class("s") == ((9, 10), (12, 13), (32, 32))
    assert posix_class("space") == ((9, 13), (32, 32))
    assert perl_class("x") is None
    assert posix_class("foo") is None


def test_classes_of_unicode() -> None:
    """Categories, scripts by the names of characters, and anything."""
    assert unicode_class("Any") == ((0, 0x10FFFF),)
    assert unicode_class("Zs") is not None
    han = unicode_class("Han")
    assert han is not None
    assert any(first <= ord("日") <= last for first, last in han)
    assert unicode_class("Klingon") is None
