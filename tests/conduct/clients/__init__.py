"""Small clients; importing this fills the catalogue."""

from tests.conduct.clients import addressing, bodies, good, leaning, pacing, watching, writing

__all__ = ["addressing", "bodies", "good", "leaning", "pacing", "watching", "writing"]
