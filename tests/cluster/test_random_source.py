"""The seeded source of randomness."""

import re

from mockserver.cluster.random_source import RandomSource


def test_the_same_seed_gives_the_same_run() -> None:
    """Two sources with one seed give the same values."""
    first, second = RandomSource(7), RandomSource(7)
    assert [first.uuid(), first.suffix(), first.below(1000)] == [second.uuid(), second.suffix(), second.below(1000)]
    assert RandomSource(7).uuid() != RandomSource(8).uuid()


def test_uuids_have_nomads_form() -> None:
    """A UUID is 8-4-4-4-12 lower-case hex digits."""
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", RandomSource(1).uuid())
    assert re.fullmatch(r"[0-9a-f]{8}", RandomSource(1).suffix())


def test_numbers_stay_below_their_limit() -> None:
    """A number is at least 0 and below the limit; for the limit 0 it is 0."""
    ids = RandomSource(1)
    assert {ids.below(3) for _ in range(50)} == {0, 1, 2}
    assert ids.below(0) == 0


def test_a_shuffle_keeps_every_item() -> None:
    """Shuffling changes only the order."""
    items = list(range(20))
    RandomSource(1).shuffle(items)
    assert items != list(range(20))
    assert sorted(items) == list(range(20))


def test_a_shuffle_in_steps_reaches_every_order() -> None:
    """Every order comes up, and a step for all items but one lets others have their turn in between."""
    ids, orders = RandomSource(1), set()
    for _ in range(100):
        items = [1, 2, 3]
        assert len([*ids.shuffling(items)]) == 2
        orders.add(tuple(items))
    assert len(orders) == 6
