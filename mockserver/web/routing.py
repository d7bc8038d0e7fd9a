"""What a path leads to, before any operation is looked at: somewhere, a redirect, or nowhere."""

import html
from urllib.parse import quote

from mockserver.gostd.urls import BadEscape, cleaned, decoded, escaped
from mockserver.remembered import remembered
from mockserver.web.reply import CLOSE, HTML, LOCATION, NOSNIFF, TEXT, Reply, Scope

_ASCII = bytes(range(0x80))

NOT_FOUND = Reply(404, b"404 page not found\n", (TEXT, NOSNIFF))
BAD_REQUEST = Reply(400, b"400 Bad Request", (TEXT, CLOSE), handled=False)
NO_PATH = Reply(400, b"", (CLOSE,))
SERVER_OPTIONS = Reply(200, b"", handled=False)


def route(scope: Scope, trees: frozenset[str]) -> str | Reply:
    """The decoded path, or the reply for one that is malformed or not clean.

    ``trees`` are the paths that end in a slash and are meant without it, too (Go redirects).
    """
    try:
        path, clean = _read(scope.get("raw_path") or escaped(scope["path"]).encode(), trees)
    except BadEscape:
        return BAD_REQUEST
    if path == "*":
        return SERVER_OPTIONS if scope["method"] == "OPTIONS" else NO_PATH
    return _redirect(scope, clean) if clean != path and scope["method"] != "CONNECT" else path


@remembered
def _read(raw_path: bytes, trees: frozenset[str]) -> tuple[str, str]:
    path = decoded(raw_path)
    clean = cleaned(path)
    return path, clean + "/" if clean + "/" in trees else clean


def _redirect(scope: Scope, path: str) -> Reply:
    query = quote(scope["query_string"], safe=_ASCII)
    location = escaped(path) + ("?" + query if query else "")
    headers = ((LOCATION, location.encode()),)
    if scope["method"] not in ("GET", "HEAD"):
        return Reply(301, b"", headers)
    page = f'<a href="{_attribute(location)}">Moved Permanently</a>.\n\n' if scope["method"] == "GET" else ""
    return Reply(301, page.encode(), (HTML, *headers))


def _attribute(text: str) -> str:
    return html.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
