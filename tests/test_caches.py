"""Remembered results, within a bounded amount of memory."""

import tracemalloc

from mockserver.caches import LONGEST, MOST, remembered


def test_a_result_is_remembered() -> None:
    """The function runs once for the same texts."""
    calls: list[str] = []

    @remembered
    def doubled(text: str) -> str:
        calls.append(text)
        return text * 2

    assert [doubled("a"), doubled("a"), doubled("b")] == ["aa", "aa", "bb"]
    assert calls == ["a", "b"]


def test_memory_is_bounded_in_bytes() -> None:
    """The memory of all results is bounded, however many and however long they are."""

    @remembered
    def joined(one: str, other: str) -> str:
        return one + other

    tracemalloc.start()
    try:
        for n in range(2 * MOST):
            joined(f"{n:05}", "x" * (LONGEST - 5))
            joined(f"{n:05}", "x" * 100_000)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert MOST * LONGEST < kept < 4 * MOST * LONGEST
