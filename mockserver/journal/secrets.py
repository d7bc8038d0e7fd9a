"""What is left out of everything that is written down to be handed on."""

import re

REDACTED = "redacted"

_HEADERS = frozenset(("authorization", "cookie", "proxy-authorization", "set-cookie", "x-nomad-token", "x-vault-token"))
_VAULT_TOKEN = re.compile(r'("VaultToken"\s*:\s*)"(?:[^"\\]|\\.)+"', re.IGNORECASE)


def redacted_header(name: str, value: str) -> str:
    """The value of a header field, unless it is a secret."""
    return REDACTED if name.lower() in _HEADERS else value


def redacted_body(text: str) -> str:
    """A body without the Vault tokens of jobs."""
    return _VAULT_TOKEN.sub(rf'\1"{REDACTED}"', text)
