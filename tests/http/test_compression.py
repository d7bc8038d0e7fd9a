"""Which clients get gzip."""

import pytest

from mockserver.http.compression import accepts_gzip

_SEEN = {
    "": False,
    "gzip": True,
    "GZIP": True,
    "deflate": False,
    "*": False,
    "x-gzip": False,
    "deflate, gzip;q=0.5": True,
    "gzip ; q=0.5": True,
    "gzip;q=0": False,
    "gzip;q=.0": False,
    "gzip;q=-1": False,
    "gzip;q=2": True,
    "gzip;q=x": False,
    "gzip;Q=0": True,
    "gzip;foo": True,
    "gzip;q=1;x=2": True,
    "gzip;q=0.0, gzip": True,
    "gzip, foo;q=x": True,
    "gzip, gzip;q=x": True,
    ",gzip": True,
}


@pytest.mark.parametrize(("header", "accepted"), _SEEN.items())
def test_gzip_is_accepted_as_by_a_real_agent(header: str, accepted: bool) -> None:
    """Each of these headers is read as a 0.5.4 agent read it."""
    assert accepts_gzip(header) is accepted
