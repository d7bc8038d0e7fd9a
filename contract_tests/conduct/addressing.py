"""How a client writes what it asks for: method, path, ID and query."""

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote, unquote_to_bytes

from contract_tests.conduct.conversation import Conversation
from contract_tests.conduct.exchange import Exchange, member
from contract_tests.conduct.judging import Evidence, broken, judges, kept

_MALFORMED = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLAIN = re.compile(r"[A-Za-z0-9._~-]*")
_OF_ONE = re.compile(r"/v1/(job|evaluation|allocation|node)/(.*)", re.DOTALL)
_SUFFIX = re.compile(r"/(evaluate|allocations|evaluations|periodic/force|plan|summary|dispatch|drain)$")
_UNCLEAN = re.compile(r"//|/\.\.?(/|$)")
_NOTHING = ("", "None", "null", "undefined", "nil", "<nil>", "NaN", "[object Object]")
"""What becomes of an absent ID that is put into a path."""


def _misreadings(name: str) -> Iterator[str]:
    """Yield what an agent reads when an ID is put into a path unescaped, or escaped in the wrong way."""
    yield unquote(name)
    yield name.partition("?")[0]
    yield name.partition("#")[0]
    yield name.replace(" ", "+")
    yield quote(name, safe="")
    yield quote(name)


def _misread(conversation: Conversation) -> dict[str, str]:
    """Return the IDs that were meant, by what an agent reads of them when they are not escaped."""
    odd = [name for name in conversation.ids if not _PLAIN.fullmatch(name)]
    found = {wrong: name for name in odd for wrong in _misreadings(name) if wrong and wrong != name}
    return {wrong: name for wrong, name in found.items() if wrong.casefold() not in conversation.folded_ids}


def _unescaped(conversation: Conversation) -> Iterator[tuple[Exchange, str]]:
    """Yield each request that can't mean what it says, and why."""
    misread = _misread(conversation)
    for exchange in conversation:
        path = exchange.target.partition("?")[0]
        if " " in path:
            yield exchange, "its path has a bare space, which no agent takes: HTTP ends the target there"
        elif not path.isascii():
            yield exchange, "its path has characters beyond ASCII without escapes"
        elif _MALFORMED.search(path):
            yield exchange, "its path has a percent sign that begins no escape"
        elif not _is_text(exchange.id):
            yield exchange, "the escapes in its path are not those of UTF-8"
        elif exchange.operation is not None and _is_meant(exchange, misread.get(exchange.id)):
            yield exchange, f"an agent reads the ID {exchange.id!r}, and {misread[exchange.id]!r} is meant"
        elif (prefix := _misread_prefix(exchange, conversation)) is not None:
            yield exchange, f"an agent reads the prefix {exchange.parameters['prefix']!r}, and {prefix!r} is meant"


def _is_meant(exchange: Exchange, name: str | None) -> bool:
    """Return whether a request means an ID; of one that a question mark cuts off, the rest stands in the query."""
    return name is not None and (
        exchange.id != name.partition("?")[0] or exchange.query.startswith(name.partition("?")[2])
    )


def _is_text(name: str) -> bool:
    """Return whether the bytes of an ID are UTF-8; the journal stands in for others by halves of surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _misread_prefix(exchange: Exchange, conversation: Conversation) -> str | None:
    """Return the ID that begins with what was meant by a prefix, if the query was not escaped."""
    prefix = exchange.parameters.get("prefix", "")
    if not prefix or exchange.operation is None or any(each.startswith(prefix) for each in conversation.ids):
        return None
    return next((each for each in conversation.ids if each.replace("+", " ").startswith(prefix)), None)


@judges("conduct.url.id-is-escaped")
def _id_is_escaped(conversation: Conversation) -> Evidence:
    unescaped = {exchange.number for exchange, _ in _unescaped(conversation)}
    for exchange, why in _unescaped(conversation):
        yield broken(f"{exchange}: {why}", exchange)
    for exchange in conversation:
        odd = exchange.id != "" and not _PLAIN.fullmatch(exchange.id) and exchange.id in conversation.ids
        if odd and exchange.number not in unescaped:
            yield kept(f"{exchange.target} means the ID {exchange.id!r}", exchange)


@judges("conduct.url.id-is-there")
def _id_is_there(conversation: Conversation) -> Evidence:
    for exchange in conversation:
        found = _OF_ONE.fullmatch(exchange.path)
        if found is None:
            continue
        name = _SUFFIX.sub("", found[2])
        if name in _NOTHING and name not in conversation.ids:
            shown = f"the ID {name!r}" if name else "no ID"
            yield broken(f"{exchange} asks for a {found[1]} with {shown}", exchange)
        else:
            yield kept(f"{exchange} says which {found[1]}", exchange)


@judges("conduct.url.id-in-its-case")
def _id_in_its_case(conversation: Conversation) -> Evidence:
    folded = {each.casefold(): each for each in conversation.ids}
    for exchange in conversation:
        if exchange.operation is None or not exchange.id or exchange.id == exchange.id.swapcase():
            continue
        if exchange.id in conversation.ids:
            yield kept(f"{exchange} writes the ID as it is", exchange)
        elif known := folded.get(exchange.id.casefold()):
            yield broken(f"{exchange}: the ID is {known!r}", exchange)


@judges("conduct.url.id-matches-body")
def _id_matches_body(conversation: Conversation) -> Evidence:
    for exchange in conversation:
        if exchange.operation in ("register", "plan") and exchange.id:
            job_id = member(member(exchange.json, "Job"), "ID")
            if job_id == exchange.id:
                yield kept(f"{exchange} sends the job of this ID", exchange)
            elif isinstance(member(exchange.json, "Job"), dict):
                yield broken(f"{exchange} sends a job whose ID is {job_id!r}", exchange)


@judges("conduct.url.path-is-clean")
def _path_is_clean(conversation: Conversation) -> Evidence:
    for exchange in conversation:
        path = unquote_to_bytes(exchange.target.partition("?")[0]).decode("utf-8", "replace")
        if _UNCLEAN.search(path.partition("://")[2] or path):
            yield broken(f"{exchange}: its path has //, /./ or /../, and the agent redirects it", exchange)
        elif exchange.operation is not None:
            yield kept(f"{exchange} needs no redirect", exchange)


@judges("conduct.url.endpoint-of-this-version")
def _endpoint_of_this_version(conversation: Conversation) -> Evidence:
    for exchange in conversation:
        if exchange.operation is not None:
            yield kept(f"{exchange} asks an endpoint that Nomad 0.5 has", exchange)
        elif exchange.status == 404 and not exchange.faults:
            yield broken(f"{exchange}: Nomad 0.5 has no such endpoint", exchange)


@judges("conduct.method.of-the-endpoint")
def _method_of_the_endpoint(conversation: Conversation) -> Evidence:
    for exchange in conversation:
        if exchange.status == 405 and not exchange.faults:
            yield broken(f"{exchange}: the endpoint does not take {exchange.method}", exchange)
        elif exchange.operation == "summary" and exchange.method != "GET":
            yield broken(f"{exchange} reads, and is no GET", exchange)
        elif exchange.operation is not None:
            yield kept(f"{exchange} uses a method of its endpoint", exchange)


def _of_query(conversation: Conversation, kind: str, said: str) -> Evidence:
    """Judge one kind of mistake in queries; what an ID without escapes made of a query is not one."""
    unescaped = {exchange.number for exchange, _ in _unescaped(conversation)}
    for exchange in conversation:
        found = exchange.dropped(kind) if exchange.number not in unescaped else []
        if found:
            yield broken(f"{exchange}: {'; '.join(found)}", exchange)
        elif exchange.query and exchange.operation is not None and " " not in exchange.query:
            yield kept(f"{exchange}: {said}", exchange)


@judges("conduct.query.names")
def _query_names(conversation: Conversation) -> Evidence:
    return _of_query(conversation, "query-unknown", "the endpoint knows each parameter")


@judges("conduct.query.values")
def _query_values(conversation: Conversation) -> Evidence:
    return _of_query(conversation, "query-value", "each value means what it says")


@judges("conduct.query.once")
def _query_once(conversation: Conversation) -> Evidence:
    return _of_query(conversation, "query-twice", "no parameter is given twice")


@judges("conduct.query.escaped")
def _query_escaped(conversation: Conversation) -> Evidence:
    for exchange in conversation:
        if " " in exchange.query:
            yield broken(f"{exchange}: a bare space, which no agent takes: HTTP ends the target there", exchange)
    yield from _of_query(conversation, "query-malformed", "the agent can read all of it")


@judges("conduct.region.as-a-parameter")
def _region_as_a_parameter(conversation: Conversation) -> Evidence:
    for exchange in conversation:
        headers = [name for name in exchange.headers if "region" in name]
        if headers:
            yield broken(f"{exchange} names its region in the header {headers[0]}, which no agent reads", exchange)
        elif exchange.parameters.get("region"):
            yield kept(f"{exchange} names its region", exchange)


@judges("conduct.region.of-the-job")
def _region_of_the_job(conversation: Conversation) -> Evidence:
    for exchange in conversation:
        region = member(member(exchange.json, "Job"), "Region")
        if exchange.operation not in ("register", "plan") or not isinstance(region, str) or not region:
            continue
        asked = exchange.parameters.get("region") or member(exchange.json, "Region") or exchange.regions[0]
        if asked == region:
            yield kept(f"{exchange} goes to the region of its job", exchange)
        else:
            text = f"{exchange} sends a job of the region {region!r}; the agent stores it in {asked!r}"
            yield broken(text, exchange)


@judges("conduct.headers.none-dropped")
def _no_header_dropped(conversation: Conversation) -> Evidence:
    for exchange in conversation:
        found = exchange.dropped("header")
        if found:
            yield broken(f"{exchange}: {'; '.join(found)}", exchange)
        elif exchange.operation is not None:
            yield kept(f"{exchange} has no header that the agent ignores", exchange)
