"""Names of header fields as Go's ``net/textproto`` spells them."""


def canonical(name: bytes) -> bytes:
    """Return ``name`` with the first letter of each part in upper case and the rest in lower: ``X-Nomad-Index``."""
    return b"-".join(part.capitalize() for part in name.split(b"-"))
