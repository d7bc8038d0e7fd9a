"""What is to be said about an exchange: of the request as strict clients see it, of the reply by its description."""

import json
from dataclasses import dataclass

from mockserver.journal.entry import LONGEST_BODY, Entry
from mockserver.journal.journal import request_of
from mockserver.journal.secrets import unpacked
from mockserver.openapi import load_contract
from mockserver.openapi.lint import silently_dropped


@dataclass(frozen=True, slots=True)
class Findings:
    """In words; empty when there is nothing to say.

    ``request`` is what a real agent would silently drop of it, ``reply`` how it contradicts the description; of a
    reply that a fault had a hand in nothing is said.
    """

    request: tuple[str, ...] = ()
    reply: tuple[str, ...] = ()


def findings_of(entry: Entry) -> Findings:
    """Looked for once the exchange is over, and once only."""
    if entry.ended is None:
        return Findings()
    known = getattr(entry, "findings", None)
    if not isinstance(known, Findings):
        known = entry.findings = Findings(tuple(_of_request(entry)), tuple(_of_reply(entry)))
    return known


def reply_headers(entry: Entry) -> dict[str, str]:
    """The header fields of the reply by lower-case name."""
    headers = () if entry.answer is None else entry.answer.headers
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def plain_reply(entry: Entry) -> bytes:
    """The body of the reply without its compression; as it was sent where that is broken."""
    body = b"" if entry.answer is None else entry.answer.body
    plain, whole = unpacked(body, reply_headers(entry).get("content-encoding", ""))
    return plain if whole else body


def _of_request(entry: Entry) -> list[str]:
    request = request_of(entry)
    operation = request.operation
    if operation is None or entry.request_size > LONGEST_BODY:
        return []
    return silently_dropped(operation, request.raw_query, request.headers, request.body)


def _of_reply(entry: Entry) -> list[str]:
    operation = request_of(entry).operation
    answer = entry.answer
    if entry.faults:  # they made the reply what it is
        return []
    if operation is None or answer is None or answer.size > LONGEST_BODY or entry.method == "HEAD":
        return []
    headers = reply_headers(entry)
    try:
        text = plain_reply(entry).decode()
        body = json.loads(text) if headers.get("content-type", "").startswith("application/json") else text
    except ValueError as error:
        return [f"body: {error}"]
    return load_contract().findings(operation, answer.status, headers, body)
