"""Leave the secrets of the environment out of everything that is printed or written."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from contract_tests.client import secrets
from contract_tests.words import escaped

_SECRET = re.compile(
    r"token|secret|passw|passphrase|credential|cookie|auth|(api|private|access|signing|_)-?_?key", re.I
)
"""A part of the name of a variable or option whose value is a secret."""
_OPTION = re.compile(r"(-{0,2}[\w.-]+)=(.*)", re.DOTALL)


class Secrets:
    """The values that must not be shown, from the environment and from a command line."""

    def __init__(self, environment: Mapping[str, str], words: Sequence[str]) -> None:
        found = {value for name, value in environment.items() if _SECRET.search(name)}
        found.update(_given(words))
        self._hidden = secrets.Secrets(found).hidden

    def without(self, text: str) -> str:
        """Return a text with a sign in place of each secret, and no character that acts on a terminal."""
        return escaped(self._hidden(text))

    def within(self, data: Any) -> Any:
        """Return JSON data with a sign in place of each secret in its texts."""
        if isinstance(data, dict):
            return {name: self.within(value) for name, value in data.items()}
        if isinstance(data, list):
            return [self.within(each) for each in data]
        return self.without(data) if isinstance(data, str) else data


def _given(words: Sequence[str]) -> set[str]:
    """Return the values of options and assignments whose name says that they are secrets."""
    found = set()
    for word, following in pairwise([*words, ""]):
        option = _OPTION.fullmatch(word)
        if option and _SECRET.search(option[1]):
            found.add(option[2])
        elif word.startswith("-") and not option and _SECRET.search(word) and not following.startswith("-"):
            found.add(following)
    return found
