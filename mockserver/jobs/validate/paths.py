"""Where a path given by a job leads inside an allocation's directory."""

import posixpath

_ALLOCATION = "/alloc-dir/alloc-id"


def escapes(prefix: str, path: str) -> bool:
    """Say whether a path below ``prefix`` leads out of the allocation's directory (``..foo`` beside it counts too)."""
    absolute = posixpath.normpath(f"{_ALLOCATION}/{prefix}/{path}")
    return posixpath.relpath(absolute, _ALLOCATION).startswith("..")
