"""Short garbage collections in a process with many objects."""

import gc

from mockserver import gc_pauses


def test_what_survives_a_full_collection_is_left_out_of_the_next() -> None:
    """Survivors of a full collection are left out of the next one, as long as short pauses are asked for."""
    with gc_pauses.short():
        gc.collect(0)
        before = gc.get_freeze_count()
        gc.collect()
        assert gc.get_freeze_count() > before + 10_000
    assert gc.get_freeze_count() == 0


def test_a_given_up_world_is_looked_at_again() -> None:
    """When a world is given up, what was set aside is looked at again."""
    with gc_pauses.short():
        gc.collect()
        gc_pauses.look_at_everything_again()
        assert gc.get_freeze_count() == 0


def test_a_process_of_somebody_else_is_left_alone() -> None:
    """Unless short pauses were asked for, nothing is frozen or unfrozen."""
    gc.freeze()
    try:
        gc_pauses.look_at_everything_again()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_full_collections_come_often_inside_only() -> None:
    """Inside, a full collection comes after fewer of the others; afterwards everything is as it was."""
    before = gc.get_threshold()
    with gc_pauses.short():
        assert gc.get_threshold()[2] < before[2]
    assert gc.get_threshold() == before
