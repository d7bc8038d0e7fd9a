"""Check-and-set at registration.

Source: documentation "Create or Update a Job"; recording ``register-check-index-conflict``.
"""

from mockserver.errors import Refused
from mockserver.shapes import Job


def check_enforced_index(stored: Job | None, index: int) -> None:
    """Check the ``JobModifyIndex`` sent with ``EnforceIndex`` against the stored job's; 0 means there must be none.

    Raises:
        Refused: when they differ.
    """
    current = 0 if stored is None else stored["JobModifyIndex"]
    if index == current:
        return
    if stored is None:
        reason = "job does not exist"
    elif index == 0:
        reason = "job already exists"
    else:
        reason = f"job exists with conflicting job modify index: {current}"
    raise Refused(f"Enforcing job modify index {index}: {reason}")
