"""Check-and-set at registration."""

import pytest

from mockserver.errors import Refused
from mockserver.jobs.validate.submission import check_enforced_index
from mockserver.nomad_types import Job
from tests.builders import a_job

_STORED = a_job(JobModifyIndex=32)


@pytest.mark.parametrize(("stored", "index"), [(None, 0), (_STORED, 32)])
def test_what_agrees(stored: Job | None, index: int) -> None:
    """The stored index agrees; 0 agrees when there is no job."""
    check_enforced_index(stored, index)


@pytest.mark.parametrize(
    ("stored", "index", "text"),
    [
        (_STORED, 0, "Enforcing job modify index 0: job already exists"),
        (_STORED, 9, "Enforcing job modify index 9: job exists with conflicting job modify index: 32"),
        (None, 7, "Enforcing job modify index 7: job does not exist"),
    ],
)
def test_what_does_not(stored: Job | None, index: int, text: str) -> None:
    """Another index is refused with the stored one (recording register-check-index-conflict)."""
    with pytest.raises(Refused) as refused:
        check_enforced_index(stored, index)
    assert refused.value.text == text
