"""Refuse a match with a misspelt name: it would fit no request, and so prove nothing."""

from collections.abc import Mapping
from typing import Any

from mockserver.admin.call import Problem
from mockserver.openapi import load_contract
from mockserver.openapi.match_words import misspelt


def need_spelt(match: Mapping[str, Any], place: str = "body/match/") -> None:
    """Refuse a ``Match`` of the description; findings begin with ``place``.

    Raises:
        Problem: A name in it is much like a valid one, and is not valid.
    """
    findings = [f"{place}{finding}" for finding in misspelt(load_contract(), match)]
    if findings:
        raise Problem(400, "the match would fit no request: a name in it is misspelt", "correct the name", findings)
