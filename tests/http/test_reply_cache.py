"""The cache of rendered replies."""

from functools import partial

from mockserver.http.replies import Reply
from mockserver.http.reply_cache import Key, ReplyCache


def _key(target: object) -> Key:
    return ("query", "global", str(target), False, False)


def _reply(body: bytes) -> Reply:
    return Reply(200, body)


def test_a_known_object_is_not_rendered_again() -> None:
    """The same object has the same reply; another object under the same key has a new one."""
    cache = ReplyCache()
    first, second = {"a": 1}, {"a": 1}
    assert cache.get(_key("k"), first, partial(_reply, b"1")).body == b"1"
    assert cache.get(_key("k"), first, partial(_reply, b"2")).body == b"1"
    assert cache.get(_key("k"), second, partial(_reply, b"3")).body == b"3"


def test_only_so_many_and_no_large_replies_are_kept() -> None:
    """The oldest reply is dropped when there are too many, and large ones are not kept."""
    cache = ReplyCache(limit=2, largest=3)
    objects = [{"n": n} for n in range(4)]
    for n, shown in enumerate(objects[:3]):
        cache.get(_key(n), shown, partial(_reply, b"old"))
    cache.get(_key(3), objects[3], partial(_reply, b"long"))
    again = [cache.get(_key(n), objects[n], partial(_reply, b"new")).body for n in (2, 1, 3, 0)]
    assert again == [b"old", b"old", b"new", b"new"]


def test_memory_is_bounded_in_bytes() -> None:
    """Targets and objects count for the limit, and the oldest replies are dropped first."""
    cache = ReplyCache(room=10_000)
    shown = {"a": 1}
    for n in range(20):
        cache.get(_key(f"{n:0900}"), shown, partial(_reply, b"x" * 10))
        assert cache.bytes <= 10_000
    for n in range(20):
        cache.get(_key(n), shown, partial(_reply, b"x" * 100))
        assert cache.bytes <= 10_000
    assert cache.get(_key(19), shown, partial(_reply, b"new")).body == b"x" * 100
    assert cache.get(_key(0), shown, partial(_reply, b"new")).body == b"new"
