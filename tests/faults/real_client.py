"""Real clients of a mock."""

from urllib.parse import urlsplit

import nomad

from mockserver.client import MockClient


def nomad_client(mock: MockClient) -> nomad.Nomad:
    """Return python-nomad, which knows nothing of mocks."""
    parts = urlsplit(mock.url)
    return nomad.Nomad(host=parts.hostname, port=parts.port, timeout=10)
