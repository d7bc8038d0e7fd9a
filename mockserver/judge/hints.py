"""Say what is odd about a text that is not JSON, for whoever wrote it."""

import re

HCL_AS_JSON = "it is HCL written as JSON, which an agent does not read: nomad run -output FILE prints what it does"
_MARKS = {
    b"\xef\xbb\xbf": "it begins with a byte order mark: save it as UTF-8 without one",
    b"\xff\xfe": "it is UTF-16: save it as UTF-8",
    b"\xfe\xff": "it is UTF-16: save it as UTF-8",
}
_WORDS = {b"True": "true", b"False": "false", b"None": "null", b"nil": "null", b"undefined": "null"}
_WORD = re.compile(rb"[A-Za-z_]\w*")


def hint_of(text: bytes, offset: int) -> str:
    """Return what is odd about a text, where reading stopped at a byte; empty where nothing is known."""
    if not text.strip():
        return "the file is empty: a job file is HCL, or JSON such as nomad run -output prints"
    for mark, meaning in _MARKS.items():
        if text.startswith(mark):
            return meaning
    if offset >= len(text):
        return "it ends before every bracket and quote is closed"
    if not text[:offset].strip() and text[offset : offset + 1] not in b"/#":
        return "it is not JSON, which begins with {, nor HCL, which begins with job"
    return _of_byte(text, offset)


def _of_byte(text: bytes, offset: int) -> str:
    """Say what is odd about the byte at which reading stopped."""
    byte, before = text[offset : offset + 1], text[:offset].rstrip()[-1:]
    word = _WORD.match(text, offset)
    if byte in (b"/", b"#"):
        return "JSON has no comments"
    if byte == b"'":
        return "JSON has double quotes only"
    if byte in (b"}", b"]") and before == b",":
        return "remove the comma before it"
    if byte == b'"' and before not in (b",", b"{", b"[", b":"):
        return "a comma is missing before it"
    if byte in (b"\n", b"\t", b"\r"):
        return "a text ends on the line where it begins: write \\n for a new line and \\t for a tab"
    if byte == b"=":
        return "a colon follows a name in quotes"
    if byte in b"+.":
        return "write numbers as 5 or 0.5"
    if text.startswith((b"\xe2\x80\x9c", b"\xe2\x80\x9d", b"\xe2\x80\x98", b"\xe2\x80\x99"), offset):
        return "write straight quotes"
    if byte in b"{[" and before == b'"':
        return "a colon is missing before it"
    if word and word[0] in (b"NaN", b"Infinity"):
        return "JSON has finite numbers only"
    if word and before in (b"{", b","):
        return f'write names in quotes: "{word[0].decode()}"'
    if word and word[0] in _WORDS:
        return f"write {_WORDS[word[0]]}"
    return "write texts in double quotes" if word and before == b":" else ""
