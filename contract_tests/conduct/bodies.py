"""What a client sends in the body of a request."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from contract_tests.conduct.conversation import EXACT, Conversation, integers, is_rounded, members
from contract_tests.conduct.exchange import Exchange, member
from contract_tests.conduct.judging import Evidence, broken, judges, kept

_WITH_A_BODY = ("register", "plan", "dispatch")
_WITH_A_JOB = ("register", "plan")


def _with_bodies(conversation: Conversation) -> Iterator[Exchange]:
    """Yield the requests whose body an agent reads, as far as the journal kept it and the client sent it whole."""
    yield from filter(_has_a_body, conversation)


def _has_a_body(exchange: Exchange) -> bool:
    return exchange.operation in _WITH_A_BODY and exchange.whole_body and not exchange.is_lost


def _dropped(conversation: Conversation, kind: str, said: str) -> Evidence:
    for exchange in _with_bodies(conversation):
        found = exchange.dropped(kind)
        if found:
            yield broken(f"{exchange}: {'; '.join(found)}", exchange)
        elif exchange.json is not None:
            yield kept(f"{exchange}: {said}", exchange)


@judges("conduct.body.names")
def _names(conversation: Conversation) -> Evidence:
    told: set[str] = set()
    for exchange in conversation:
        if _has_a_body(exchange):
            own = [text for text in exchange.dropped("body-unknown") if _member_in(text) not in told]
            if own:
                yield broken(f"{exchange}: {'; '.join(own)}", exchange)
            elif exchange.json is not None:
                yield kept(f"{exchange}: each member is Nomad's, or came from a reply", exchange)
        told.update(name for name, _ in members(exchange.reply_json))


def _member_in(finding: str) -> str:
    """Return the name of the member that a finding is about."""
    return finding.partition(" is ignored: ")[0].rpartition("/")[2]


@judges("conduct.body.spelling")
def _spelling(conversation: Conversation) -> Evidence:
    return _dropped(conversation, "body-spelling", "each member is written as Nomad writes it")


@judges("conduct.body.once")
def _once(conversation: Conversation) -> Evidence:
    return _dropped(conversation, "body-twice", "no member is there twice")


@judges("conduct.body.one-value")
def _one_value(conversation: Conversation) -> Evidence:
    for exchange in _with_bodies(conversation):
        rest = exchange.dropped("body-rest")
        if rest:
            yield broken(f"{exchange}: {rest[0]}", exchange)
        elif exchange.json is not None:
            yield kept(f"{exchange}: its body is one JSON value", exchange)


@judges("conduct.body.only-where-read")
def _only_where_read(conversation: Conversation) -> Evidence:
    for exchange in conversation:
        unread = exchange.dropped("body-unread")
        if unread:
            yield broken(f"{exchange}: {unread[0]}", exchange)
        elif exchange.operation is not None and exchange.operation not in _WITH_A_BODY:
            yield kept(f"{exchange} has no body", exchange)


@judges("conduct.body.is-json")
def _is_json(conversation: Conversation) -> Evidence:
    for exchange in _with_bodies(conversation):
        if exchange.headers.get("content-encoding", "identity") != "identity" or not exchange.body_is_text:
            continue  # other statements are about these
        if exchange.json is not None:
            yield kept(f"{exchange}: its body is JSON", exchange)
        elif not exchange.dropped("body-rest"):
            shown = f"{exchange.body[:40]!r}" if exchange.body else "empty"
            yield broken(f"{exchange}: its body is no JSON: {shown}", exchange)


@judges("conduct.body.is-utf-8")
def _is_utf_8(conversation: Conversation) -> Evidence:
    for exchange in _with_bodies(conversation):
        if not exchange.body_is_text:
            yield broken(f"{exchange}: its body is not UTF-8", exchange)
        elif not exchange.body.isascii():
            yield kept(f"{exchange}: its body is UTF-8", exchange)


@judges("conduct.body.not-compressed")
def _not_compressed(conversation: Conversation) -> Evidence:
    for exchange in _with_bodies(conversation):
        coding = exchange.headers.get("content-encoding", "identity")
        if coding != "identity":
            yield broken(f"{exchange}: its body has the coding {coding}, which no agent undoes", exchange)
        elif exchange.body:
            yield kept(f"{exchange}: its body is as it is", exchange)


@judges("conduct.body.content-type")
def _content_type(conversation: Conversation) -> Evidence:
    for exchange in _with_bodies(conversation):
        said = exchange.headers.get("content-type")
        if said is not None and exchange.json is not None:
            if said.partition(";")[0].strip().lower().endswith("json"):
                yield kept(f"{exchange} says that its body is JSON", exchange)
            else:
                yield broken(f"{exchange} says that its body is {said}, and it is JSON", exchange)


@judges("conduct.body.job-is-wrapped")
def _job_is_wrapped(conversation: Conversation) -> Evidence:
    for exchange in _with_bodies(conversation):
        if exchange.operation in _WITH_A_JOB and isinstance(exchange.json, dict):
            if isinstance(member(exchange.json, "Job"), dict):
                yield kept(f"{exchange} has its job in the member Job", exchange)
            else:
                yield broken(f"{exchange} has no member Job that is a job", exchange)


@judges("conduct.body.payload-is-base64")
def _payload_is_base64(conversation: Conversation) -> Evidence:
    for exchange in _with_bodies(conversation):
        payload = _payload(exchange)
        if isinstance(payload, str) and payload:
            if _is_base64(payload):
                yield kept(f"{exchange} has its payload in base64", exchange)
            else:
                yield broken(f"{exchange}: its payload is not in base64: {payload[:40]!r}", exchange)


def _payload(exchange: Exchange) -> Any:
    return member(exchange.json, "Payload") if exchange.operation == "dispatch" else None


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


@judges("conduct.body.types")
def _types(conversation: Conversation) -> Evidence:
    for exchange in _with_bodies(conversation):
        if not isinstance(exchange.json, dict) or exchange.faults or exchange.status not in (200, 400):
            continue
        if exchange.status == 200:
            yield kept(f"{exchange}: the agent could read each value", exchange)
        elif _is_only_mistyped(exchange):
            yield broken(f"{exchange}: the agent can't read a value: {exchange.reply_body[:200]}", exchange)


def _is_only_mistyped(exchange: Exchange) -> bool:
    """Return whether only a value's type can be the reason of a 400."""
    payload = _payload(exchange)
    if isinstance(payload, str) and not _is_base64(payload):
        return False
    if exchange.headers.get("content-encoding", "identity") != "identity":
        return False
    job = member(exchange.json, "Job")
    return exchange.operation not in _WITH_A_JOB or (
        isinstance(job, dict) and (not exchange.id or member(job, "ID") == exchange.id)
    )


@judges("conduct.numbers.exact")
def _exact(conversation: Conversation) -> Evidence:
    read: set[int] = set()
    for exchange in conversation:
        asked = [exchange.asked_index or 0] if exchange.is_read else integers(exchange.json)
        for number in asked:
            if number in read:
                yield kept(f"{exchange} sends {number} as it was read", exchange)
            elif is_rounded(number, read):
                text = f"{exchange} sends {number}: a floating-point number could not hold what was read"
                yield broken(text, exchange)
        read.update(number for number in integers(exchange.reply_json) if number > EXACT)
        if exchange.index is not None and exchange.index > EXACT:
            read.add(exchange.index)
