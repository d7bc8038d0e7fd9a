"""What a path leads to, before any operation is looked at: the job API, a redirect, or nothing."""

import html
from functools import lru_cache
from urllib.parse import quote

from mockserver.web.paths import BadEscape, cleaned, decoded, escaped
from mockserver.web.reply import CLOSE, HTML, LOCATION, NOSNIFF, TEXT, Reply, Scope

PREFIX = "/v1/job/"

_ASCII = bytes(range(0x80))

NOT_FOUND = Reply(404, b"404 page not found\n", (TEXT, NOSNIFF))
BAD_REQUEST = Reply(400, b"400 Bad Request", (TEXT, CLOSE), handled=False)
NO_PATH = Reply(400, b"", (CLOSE,))
SERVER_OPTIONS = Reply(200, b"", handled=False)


def route(scope: Scope) -> str | Reply:
    """What stands behind ``/v1/job/`` in the decoded path, or the reply for a path that leads elsewhere."""
    try:
        path, clean = _read(scope.get("raw_path") or escaped(scope["path"]).encode())
    except BadEscape:
        return BAD_REQUEST
    if path == "*":
        return SERVER_OPTIONS if scope["method"] == "OPTIONS" else NO_PATH
    if clean != path and scope["method"] != "CONNECT":
        return _redirect(scope, clean)
    return path[len(PREFIX) :] if path.startswith(PREFIX) else NOT_FOUND


@lru_cache(1024)
def _read(raw_path: bytes) -> tuple[str, str]:
    path = decoded(raw_path)
    clean = cleaned(path)
    return path, PREFIX if clean == PREFIX[:-1] else clean


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
