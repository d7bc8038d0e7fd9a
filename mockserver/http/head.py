"""The head of a request, read as Go's net/http reads it (observed, on each point, of a real agent)."""

import re
from dataclasses import dataclass
from urllib.parse import quote_from_bytes, unquote_to_bytes

from mockserver.http.replies import Header

LARGEST_HEAD = 1_048_576 + 4096
"""Go's limit for a request line with its headers, in bytes; beyond it the answer is 431 (observed)."""

MOST_FIELDS = 20_000
"""How many header fields are accepted. A real agent accepts as many as a head has room for."""

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
PLAIN_FIELD = re.compile(rb"^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)\r?\n", re.MULTILINE)
"""A header field, its name and its value, in a form that needs no second look."""
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z -]+")
"""A header's name; one with spaces is refused later and in other words."""
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
_HOST = re.compile(rb"[!$%&'()*+,\-.0-9:;=A-Z\[\]_a-z~]*")
_VERSION = re.compile(rb"HTTP/(\d)\.(\d)")
_CONTROL = re.compile(rb"[\x00-\x20\x7f]")
_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:(?://(?P<authority>[^/?]*))?(?P<rest>.*)", re.DOTALL)
_AUTHORITY = re.compile(rb"(?:[^@\[\]]*@)?(?:\[[^\[\]]*\]|[^\[\]@:\"<>\\^`{|}]*)(?::\d*)?")
ASCII = bytes(range(0x80))
_OLD, _NEW = (1, 0), (1, 1)
_LONGEST_LENGTH = 1 << 63


class BadHead(Exception):
    """A head that Go's server refuses.

    Attributes:
        status: the end of the status line of the reply.
        text: its body.
        head: the beginning of the head, as far as it had come; empty where it does not matter.
    """

    def __init__(self, status: bytes = b"400 Bad Request", text: bytes | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.text = status if text is None else text
        self.head = b""


LONGEST_TOLD = 16 * 1024
"""How many bytes of a head that is refused are looked at, to say what it asked for."""

TOO_LARGE = b"431 Request Header Fields Too Large"


@dataclass(slots=True)
class Head:
    """A request but for its body; names of headers in lower case.

    ``length`` is that of the body in bytes, None for one that comes in chunks. ``target`` is as it was sent; its
    ``path`` and ``query`` are, too, but for bytes above 0x7f, which are escaped. ``text`` is all of it as it came.
    """

    method: str
    target: bytes
    path: bytes
    query: bytes
    version: tuple[int, int]
    headers: list[Header]
    length: int | None = 0
    keep_alive: bool = True
    expects_continue: bool = False
    expects_else: bool = False
    text: bytes = b""


class HeadReader:
    """Takes the heads of a connection's requests, one after the other, from the bytes that have come.

    ``last_method`` is that of the request before, "" for the first one.
    """

    def __init__(self) -> None:
        self._searched = 0
        self._line_read = False
        self.last_method = ""

    def take(self, held: bytearray) -> Head | None:
        """Remove the next head from the beginning of ``held``; None when the head is not complete.

        Raises:
            BadHead: when the head is malformed or too long.
        """
        if self.last_method == "POST" and held.startswith((b"\r", b"\n")):  # old browsers send a line end after a body
            del held[: len(held[:4]) - len(held[:4].lstrip(b"\r\n"))]
        end, size = held.find(b"\n\r\n", self._searched), 3
        if (other := held.find(b"\n\n", self._searched, end if end > 0 else len(held))) >= 0:
            end, size = other, 2
        if not self._line_read and (end < 0 or held.startswith((b"\r", b"\n"))):
            self._check_line(held)
        if (len(held) if end < 0 else end) > LARGEST_HEAD:
            raise BadHead(TOO_LARGE)
        if end < 0:
            self._searched = max(len(held) - 2, 0)
            return None
        self._searched, self._line_read = 0, False
        text = bytes(held[: end + size])
        del held[: end + size]
        try:
            head = read_head(text)
        except BadHead as bad:
            bad.head = text[:LONGEST_TOLD]
            raise
        self.last_method = head.method
        return head

    def _check_line(self, held: bytearray) -> None:
        """Refuse what is no HTTP as soon as its first line is there.

        Raises:
            BadHead: The line is no request line.
        """
        end = held.find(b"\n", max(self._searched - 1, 0))
        if end >= 0:
            try:
                read_request_line(bytes(held[:end]).removesuffix(b"\r"))
            except BadHead as bad:
                bad.head = bytes(held[:LONGEST_TOLD])
                raise
            self._line_read = True


def read_head(text: bytes) -> Head:
    """Read the head in ``text``, which ends with an empty line.

    Raises:
        BadHead: when Go's server refuses the head.
    """
    line, _, fields = text.partition(b"\n")
    method, target, version = read_request_line(line.removesuffix(b"\r"))
    path, query = _parts(method, target)
    count = fields.count(b"\n") - 1
    if count > MOST_FIELDS:
        raise BadHead(TOO_LARGE)
    headers = [(name.lower(), value.rstrip(b" \t")) for name, value in PLAIN_FIELD.findall(fields)]
    if len(headers) != count:  # some fields are not plain
        headers = _fields(fields)
    head = Head(method.decode("ascii"), target, path, query, version, headers, text=text)
    hosts: list[bytes] = []
    spaced = False
    for name, value in headers:
        if name == b"host":
            hosts.append(value)
        elif b" " in name:
            spaced = True
        elif name in _FRAMING:
            _read_framing(head)
    if len(hosts) > 1:
        raise BadHead
    preface = (method, target, version) == (b"PRI", b"*", (2, 0))
    if not (_OLD <= version < (2, 0) or preface):
        raise BadHead(b"505 HTTP Version Not Supported: unsupported protocol version")
    if not (hosts or version < _NEW or method == b"CONNECT" or preface):
        raise BadHead(b"400 Bad Request: missing required Host header")
    if hosts and not _HOST.fullmatch(hosts[0]):
        raise BadHead(b"400 Bad Request: malformed Host header")
    if spaced:
        raise BadHead(b"400 Bad Request: invalid header name")
    if version < _NEW:
        head.keep_alive = _has_token(headers, b"connection", b"keep-alive") and head.keep_alive
    return head


def read_request_line(line: bytes) -> tuple[bytes, bytes, tuple[int, int]]:
    """Return method, target and version.

    Raises:
        BadHead: when the line is no request line.
    """
    method, _, rest = line.partition(b" ")
    target, _, protocol = rest.partition(b" ")
    version = _VERSION.fullmatch(protocol)
    if version is None or not _TOKEN.fullmatch(method):
        raise BadHead
    return method, target, (int(version[1]), int(version[2]))


def unescaped(path: bytes) -> str:
    """Return the path without its escapes; bytes that are no UTF-8 are replaced."""
    return unquote_to_bytes(path).decode("utf-8", "replace") if b"%" in path else path.decode("ascii")


def _parts(method: bytes, target: bytes) -> tuple[bytes, bytes]:
    """Return path and query of a target, without what comes before the path in an absolute one.

    Raises:
        BadHead: when the target is empty or has a control character.
    """
    if not target or _CONTROL.search(target):
        raise BadHead
    if not target.isascii():
        target = quote_from_bytes(target, safe=ASCII).encode("ascii")
    if method == b"CONNECT" and not target.startswith(b"/"):
        target = b"http://" + target
    if target != b"*" and not target.startswith(b"/"):
        absolute = _ABSOLUTE.fullmatch(target)
        if absolute is None or not _AUTHORITY.fullmatch(absolute["authority"] or b""):
            raise BadHead
        target = absolute["rest"]
    path, _, query = target.partition(b"?")
    return path if path.startswith((b"/", b"*")) else b"", query


def _fields(text: bytes) -> list[Header]:
    """Return any header fields, read one by one.

    Raises:
        BadHead: when a line is no header field.
    """
    headers: list[Header] = []
    for ended in text.split(b"\n")[:-2]:
        line = ended.removesuffix(b"\r")
        if line[:1] in b" \t":  # continues the line before
            if not headers:
                raise BadHead
            name, value = headers.pop()
            value = b" ".join(part for part in (value, line.strip(b" \t")) if part)
        else:
            name, colon, value = line.partition(b":")
            if not colon or not _NAME.fullmatch(name):
                raise BadHead
            name, value = name.lower(), value.strip(b" \t")
        if not _VALUE.fullmatch(value):
            raise BadHead
        headers.append((name, value))
    return headers


_FRAMING = frozenset((b"content-length", b"transfer-encoding", b"connection", b"expect"))
"""Fields that say how a request goes on."""


def _read_framing(head: Head) -> None:
    """Take over what the headers say about the body and the connection.

    Raises:
        BadHead: when the headers frame the body in a way that Go refuses.
    """
    headers = head.headers
    head.keep_alive = not _has_token(headers, b"connection", b"close")
    codings = [value.lower() for name, value in headers if name == b"transfer-encoding"]
    if codings and head.version >= _NEW:
        if codings != [b"chunked"]:
            raise BadHead(b"501 Not Implemented", b"Unsupported transfer encoding")
        head.length = None
    else:
        head.length = _length({value for name, value in headers if name == b"content-length"})
    waits = _has_token(headers, b"expect", b"100-continue")
    head.expects_continue = waits and head.version >= _NEW and head.length != 0
    head.expects_else = not waits and any(name == b"expect" and value for name, value in headers)


def _length(lengths: set[bytes]) -> int:
    if not lengths or lengths == {b""}:
        return 0
    length = lengths.pop()
    if lengths or not length.isdigit() or len(length) > 19 or int(length) >= _LONGEST_LENGTH:
        raise BadHead
    return int(length)


def _has_token(headers: list[Header], wanted: bytes, token: bytes) -> bool:
    values = (value.lower() for name, value in headers if name == wanted)
    return any(token == part.strip(b" \t") for value in values for part in value.split(b","))
