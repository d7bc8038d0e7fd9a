"""Secrets of a run, kept out of whatever it prints or writes: tokens, passwords, values of extra headers."""

import base64
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "…"
"""Stands in place of a secret."""
_SHORTEST = 4
"""The characters that a secret has at least; a shorter one would be found in everything."""


class Secrets:
    """Hides some texts in all forms in which a server may send them back: in JSON, in a URL, as base64."""

    def __init__(self, texts: Iterable[str]) -> None:
        known = {form for text in texts if len(text) >= _SHORTEST for form in _forms(text)}
        ordered = sorted(known, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def hidden(self, text: str) -> str:
        """Return a text without the secrets."""
        return self._pattern.sub(HIDDEN, text) if self._pattern else text

    def hidden_in(self, data: Any) -> Any:
        """Return JSON data without the secrets."""
        if self._pattern is None:
            return data
        if isinstance(data, str):
            return self.hidden(data)
        if isinstance(data, dict):
            return {self.hidden(name): self.hidden_in(value) for name, value in data.items()}
        return [self.hidden_in(item) for item in data] if isinstance(data, list) else data


def basic(user_and_password: str) -> str:
    """Return the value of the header Authorization for HTTP basic authentication."""
    return f"Basic {base64.b64encode(user_and_password.encode()).decode()}"


def _forms(text: str) -> set[str]:
    return {
        text,
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        quote(text, safe=""),
        quote_plus(text),
    }
