"""What a path leads to, before any operation is looked at: the job API, a redirect, or nothing."""

import html

from mockserver.web.paths import BadEscape, cleaned, decoded, escaped
from mockserver.web.render import utf8
from mockserver.web.reply import CLOSE, HTML, LOCATION, NOSNIFF, TEXT, Reply, Scope

PREFIX = "/v1/job/"

NOT_FOUND = Reply(404, b"404 page not found\n", (TEXT, NOSNIFF))
BAD_REQUEST = Reply(400, b"400 Bad Request", (TEXT, CLOSE), handled=False)
NO_PATH = Reply(400, b"", (CLOSE,))
SERVER_OPTIONS = Reply(200, b"", handled=False)


def route(scope: Scope) -> str | Reply:
    """What stands behind ``/v1/job/`` in the decoded path, or the reply for a path that leads elsewhere."""
    try:
        path = decoded(scope.get("raw_path") or escaped(scope["path"]).encode())
    except BadEscape:
        return BAD_REQUEST
    if path == "*":
        return SERVER_OPTIONS if scope["method"] == "OPTIONS" else NO_PATH
    target = path if scope["method"] == "CONNECT" else cleaned(path)
    if target == PREFIX[:-1]:
        target = PREFIX
    if target != path:
        return _redirect(scope, target)
    return path[len(PREFIX) :] if path.startswith(PREFIX) else NOT_FOUND


def _redirect(scope: Scope, path: str) -> Reply:
    query = scope["query_string"].decode("latin-1")
    location = escaped(path) + ("?" + query if query else "")
    headers = ((LOCATION, utf8(location)),)
    if scope["method"] not in ("GET", "HEAD"):
        return Reply(301, b"", headers)
    page = f'<a href="{_attribute(location)}">Moved Permanently</a>.\n\n' if scope["method"] == "GET" else ""
    return Reply(301, page.encode("utf-8", "replace"), (HTML, *headers))


def _attribute(text: str) -> str:
    return html.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
