"""The body of a reply: its JSON or its text, changed as is chosen."""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from mockserver.gostd.surrogates import utf8
from mockserver.http.replies import JSON, Reply
from mockserver.openapi import load_contract
from mockserver.variation.fields import (
    ABSENT,
    INVENTED,
    LATER_RELEASES,
    NULL_OR_EMPTY,
    AbsentFields,
    InventedFields,
    LaterFields,
    NullOrEmpty,
)
from mockserver.variation.json_spelling import spelled
from mockserver.variation.large_json import decoded
from mockserver.variation.order import LIST_ORDER, ListOrder
from mockserver.variation.rebuild import Change, rebuilt
from mockserver.variation.texts import DESCRIPTIONS, PRECISION, ZONE, Descriptions, Times, error_text

if TYPE_CHECKING:
    from mockserver.openapi import Operation
    from mockserver.variation.indexes import Enforced, OutsideIndexes
    from mockserver.vary import ReplyChoices, Vary


def changed_body(
    reply: Reply,
    operation: "Operation | None",
    choices: "ReplyChoices",
    vary: "Vary",
    outside: "OutsideIndexes",
    asked: "Enforced | None",
) -> bytes:
    """Return the body that is to be sent in place of that of ``reply``.

    ``asked`` is the index that the request enforces, which an error may quote.
    """
    if JSON in reply.headers:
        shape = None if operation is None else load_contract().reply_shape(operation)
        value = rebuilt(decoded(reply.body), shape, [outside, *_changes(choices, vary)])
        return spelled(value, choices, pretty=reply.body.endswith(b"\n"), size=len(reply.body))
    if reply.status < 400:
        return reply.body
    text = outside.text(reply.body.decode(errors="replace"), asked)
    return utf8(error_text(text, choices))


def _changes(choices: "ReplyChoices", vary: "Vary") -> Iterator[Change]:
    """Yield the changes that are chosen; what is added last is not taken away again."""
    if vary.of_world(DESCRIPTIONS) is not None:
        yield Descriptions(choices, vary.seed)
    zone, precision = choices.draw(ZONE), choices.draw(PRECISION)
    if zone is not None or precision is not None:
        yield Times(choices, zone, precision)
    for freedom, make in _MAKERS.items():
        source = choices.draw(freedom)
        if source is not None:
            yield make(choices, source)


_MAKERS: Mapping[str, Callable[["ReplyChoices", random.Random], Change]] = {
    NULL_OR_EMPTY: NullOrEmpty,
    ABSENT: AbsentFields,
    LIST_ORDER: ListOrder,
    LATER_RELEASES: LaterFields,
    INVENTED: InventedFields,
}
