"""The head of a reply: header fields that may differ, and how they are written."""

import random
from collections.abc import Callable

from mockserver.http.replies import CONTENT_TYPE, Header, HeadStyle
from mockserver.variation.manner import WRITES
from mockserver.vary import ReplyChoices

CASE = "header.case"
MORE = "header.more"
CONTENT_TYPE_FORM = "header.content-type-form"
NO_INDEX_ONWRITES = "header.no-index-on-writes"
STALE = "stale.last-contact"
PHRASE = "status.phrase"

INDEX = b"x-nomad-index"
_KNOWN_LEADER = b"x-nomad-knownleader"
_LAST_CONTACT = b"x-nomad-lastcontact"
_SPELLINGS: tuple[Callable[[bytes], bytes], ...] = (bytes.lower, bytes.upper, bytes.swapcase, bytes.capitalize)
_PHRASES = (b"", b"Fine", b"As Usual", b"OK but only just")
_FORMS = (b"%b; charset=utf-8", b"%b;charset=UTF-8", b'%b; charset="utf-8"')
_OTHERS: tuple[Header, ...] = (
    (b"server", b"nginx"),
    (b"via", b"1.1 proxy"),
    (b"x-request-id", b"0b1946ac92492d2347c6235b4d2611184"),
    (b"x-nomad-nexttoken", b"MDAwMA=="),
    (b"cache-control", b"no-store"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-grease", b'a, "b;c"'),
)


def changed_headers(
    headers: tuple[Header, ...], choices: ReplyChoices, *, method: str, stale: bool
) -> tuple[Header, ...]:
    """Return the header fields of a reply that are to be sent in place of ``headers``."""
    fields = [_content_type(field, choices) for field in headers]
    if method in WRITES and choices.draw(NO_INDEX_ONWRITES) is not None:
        kept = [field for field in fields if field[0] != INDEX]
        if len(kept) < len(fields):
            choices.note(NO_INDEX_ONWRITES)
        fields = kept
    if stale:
        fields = _of_a_follower(fields, choices)
    more = choices.draw(MORE)
    if more is not None:
        choices.note(MORE)
        fields += more.sample(_OTHERS, more.randint(1, len(_OTHERS)))
        more.shuffle(fields)
    return tuple(fields)


def head_style(choices: ReplyChoices) -> HeadStyle | None:
    """Return how a head is to be written, None for as ever."""
    case, phrase = choices.draw(CASE), choices.draw(PHRASE)
    for freedom, source in ((CASE, case), (PHRASE, phrase)):
        if source is not None:
            choices.note(freedom)
    if case is None and phrase is None:
        return None
    return HeadStyle(
        spelling=None if case is None else case.choice((*_SPELLINGS, _mixed(case))),
        phrase=None if phrase is None else phrase.choice(_PHRASES),
    )


def _mixed(source: random.Random) -> Callable[[bytes], bytes]:
    def spell(name: bytes) -> bytes:
        return bytes(source.choice((letter, letter ^ 0x20)) if bytes([letter]).isalpha() else letter for letter in name)

    return spell


def _content_type(field: Header, choices: ReplyChoices) -> Header:
    name, value = field
    source = choices.draw(CONTENT_TYPE_FORM)
    if source is None or name != CONTENT_TYPE or value != b"application/json":
        return field
    choices.note(CONTENT_TYPE_FORM)
    return name, source.choice(_FORMS) % value


def _of_a_follower(fields: list[Header], choices: ReplyChoices) -> list[Header]:
    """Return the fields of a server that has not heard of its leader for a moment, or knows of none."""
    source = choices.draw(STALE)
    if source is None or not any(name == _LAST_CONTACT for name, _ in fields):
        return fields
    choices.note(STALE)
    said = {
        _LAST_CONTACT: b"%d" % source.choice((1, 13, 51, 4_000, source.randrange(1 << 40))),
        _KNOWN_LEADER: source.choice((b"true", b"false")),
    }
    return [(name, said.get(name, value)) for name, value in fields]
