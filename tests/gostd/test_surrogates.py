"""Texts that hold bytes which are not UTF-8."""

import pytest

from mockserver.gostd.surrogates import replaced, utf8


def test_texts_without_utf8_are_replaced() -> None:
    """A lone surrogate becomes U+FFFD, everything else stays."""
    assert utf8("é\udcff𝄞") == "é\ufffd𝄞".encode()


@pytest.mark.parametrize("length", [65_535, 65_536, 65_537, 200_000])
def test_long_texts_are_replaced_in_pieces(length: int) -> None:
    """However long a text is, each lone surrogate becomes one U+FFFD, and nothing else changes."""
    text = "a\udc80" * (length // 2) + "b" * (length % 2)
    assert replaced(text) == "a\ufffd" * (length // 2) + "b" * (length % 2)
