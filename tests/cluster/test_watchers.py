"""Subscriptions of blocking queries."""

from collections.abc import Callable

from mockserver.cluster.watchers import Watchers


def test_only_subscribers_of_a_changed_item_wake() -> None:
    """A change wakes those who subscribed to it and nobody else."""
    watchers = Watchers()
    woken: list[str] = []
    watchers.subscribe(("job", "a"), lambda: woken.append("a"))
    watchers.subscribe(("job", "b"), lambda: woken.append("b"))
    watchers.subscribe(("summary", "a"), lambda: woken.append("summary"))
    watchers.notify([("job", "a"), ("job", "c")])
    assert woken == ["a"]


def test_ids_are_compared_byte_by_byte() -> None:
    """A subscriber to ``A`` is not woken when ``a`` changes, as on a real agent."""
    watchers = Watchers()
    woken: list[str] = []
    watchers.subscribe(("job", "A"), lambda: woken.append("A"))
    watchers.notify([("job", "a")])
    assert woken == []


def test_an_unsubscribed_waiter_is_forgotten() -> None:
    """Unsubscribing drops the waiter, and doing it twice does no harm."""
    watchers = Watchers()
    woken: list[str] = []
    unsubscribe = watchers.subscribe(("job", "a"), lambda: woken.append("a"))
    assert len(watchers) == 1
    unsubscribe()
    unsubscribe()
    watchers.notify([("job", "a")])
    assert woken == []
    assert len(watchers) == 0


def test_a_waiter_may_unsubscribe_while_it_is_woken() -> None:
    """Waking goes on when those who are woken unsubscribe at once."""
    watchers = Watchers()
    woken: list[str] = []
    leave: dict[str, Callable[[], None]] = {}

    def waiter(name: str) -> Callable[[], None]:
        def wake() -> None:
            woken.append(name)
            leave[name]()

        return wake

    for name in ("first", "second"):
        leave[name] = watchers.subscribe(("job", "a"), waiter(name))
    watchers.notify([("job", "a")])
    assert woken == ["first", "second"]
    assert len(watchers) == 0
