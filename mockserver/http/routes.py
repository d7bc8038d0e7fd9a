"""Where a method and a path lead: to an operation, to another path, or to a refusal of Go's own router."""

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.types import Scope

from mockserver.caches import remembered
from mockserver.errors import MethodNotAllowed
from mockserver.gostd.urls import BadEscape, cleaned, decoded, escaped
from mockserver.http.replies import CLOSE, HTML, LOCATION, NOSNIFF, TEXT, Reply, text_reply
from mockserver.openapi import load_contract

if TYPE_CHECKING:
    from mockserver.openapi import Operation

NOT_FOUND = Reply(404, b"404 page not found\n", (TEXT, NOSNIFF))
BAD_REQUEST = Reply(400, b"400 Bad Request", (TEXT, CLOSE), handled=False)
NO_PATH = Reply(400, b"", (CLOSE,))
SERVER_OPTIONS = Reply(200, b"", handled=False)

_ASCII = bytes(range(0x80))


@dataclass(frozen=True, slots=True)
class Route:
    """What a method and a path mean.

    Attributes:
        path: the path without its escapes; as it came where they are malformed.
        operation: the described operation, None where nothing is described.
        target: the ID in the path, a job's for one; "" where the path has none.
        redirect: the clean path that Go's router sends the client to, "" for a path that is clean.
        refusal: the reply in place of an operation's, unless the client is redirected.
    """

    path: str
    operation: "Operation | None" = None
    target: str = ""
    redirect: str = ""
    refusal: Reply | None = None


def raw_path(scope: Scope) -> bytes:
    """Return the path of a request as it came, with its escapes."""
    return scope.get("raw_path") or escaped(scope["path"]).encode()


@remembered
def route(method: str, raw: bytes) -> Route:
    """Return where a method and a path (as it came, with its escapes) lead."""
    try:
        path, refusal = decoded(raw), None
    except BadEscape:
        path, refusal = raw.decode("latin-1"), BAD_REQUEST
    if path == "*":
        refusal = SERVER_OPTIONS if method == "OPTIONS" else NO_PATH
    contract = load_contract()
    clean = path if method == "CONNECT" else cleaned(path)
    redirect = "" if refusal or method == "CONNECT" else _redirect(path, clean, contract.trees)
    try:
        operation, target = contract.find(method, clean) or (None, "")
    except MethodNotAllowed as error:
        return Route(path, redirect=redirect, refusal=refusal or text_reply(error.status, error.text))
    return Route(path, operation, target, redirect, refusal)


def _redirect(path: str, clean: str, trees: frozenset[str]) -> str:
    """Return the path to redirect to: a path in ``trees`` ends in a slash, and is meant without the slash, too."""
    if clean + "/" in trees:
        clean += "/"
    return "" if path == clean else clean


def redirection(scope: Scope, path: str) -> Reply:
    """Return the reply that sends a client to another path, with the query of its request."""
    query = quote(scope["query_string"], safe=_ASCII)
    location = escaped(path) + ("?" + query if query else "")
    headers = ((LOCATION, location.encode()),)
    if scope["method"] not in ("GET", "HEAD"):
        return Reply(301, b"", headers)
    page = f'<a href="{_attribute(location)}">Moved Permanently</a>.\n\n' if scope["method"] == "GET" else ""
    return Reply(301, page.encode(), (HTML, *headers))


def _attribute(text: str) -> str:
    return html.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
