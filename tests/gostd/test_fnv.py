"""The hash by which Nomad tells things apart."""

import pytest

from mockserver.gostd.fnv import fnv, text_fnv


@pytest.mark.parametrize(
    ("text", "value"), [("", 0xCBF29CE484222325), ("a", 0xAF63BD4C8601B7BE), ("foobar", 0x340D8765A4DDA9C2)]
)
def test_it_is_the_published_hash(text: str, value: int) -> None:
    """The hash of a short text is that of the test vectors of FNV-1."""
    assert text_fnv(text, 32) == fnv(text.encode()) == value


def test_a_long_text_is_told_by_all_of_it() -> None:
    """Both the beginning and the end of a long text count, and half a surrogate is hashed, too."""
    texts = ("a" * 100, "b" + "a" * 99, "a" * 99 + "b", "a" * 99 + "\ud800")
    assert len({text_fnv(text, 32) for text in texts}) == len(texts)
