"""Find ``null`` where an object has to stand in a job's lists; a real agent does not survive it."""

from collections.abc import Mapping
from typing import Any

from mockserver.errors import Refused
from mockserver.nomad_types import SubmittedJob

_ELEMENTS = {
    "": ("Constraints", "TaskGroups"),
    "TaskGroups": ("Constraints", "Tasks"),
    "Tasks": ("Artifacts", "Constraints", "Resources", "Services", "Templates"),
    "Resources": ("Networks",),
    "Services": ("Checks",),
}
"""Under each object, the lists of objects inside it (and ``Resources``, which holds one)."""


def check_null_elements(job: SubmittedJob) -> None:
    """Refuse a job with a null element.

    Raises:
        Refused: in place of the crash, with the place of the element.
    """
    place = first_null_element(job)
    if place is not None:
        raise Refused(f"null is not an object at {place} of the job (a real agent closes the connection here)")


def first_null_element(job: SubmittedJob) -> str | None:
    """Find the first ``null`` where an object has to stand, as a JSON pointer such as ``/TaskGroups/0``.

    A real agent's request handler crashes on it and closes the connection without an answer (recording
    ``register-null-group-drops-connection``).
    """
    return _null_inside("", job)


def _null_inside(kind: str, holder: Mapping[str, Any]) -> str | None:
    for field in _ELEMENTS.get(kind, ()):
        value = holder[field]
        if not value:
            continue
        found = _null_inside(field, value) if isinstance(value, dict) else _null_in_list(field, value)
        if found is not None:
            return f"/{field}{found}"
    return None


def _null_in_list(field: str, items: list[Any]) -> str | None:
    for index, item in enumerate(items):
        found = "" if item is None else _null_inside(field, item)
        if found is not None:
            return f"/{index}{found}"
    return None
