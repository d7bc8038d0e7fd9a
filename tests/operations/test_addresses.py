"""Addresses of servers, as a real 0.5.4 agent accepted or refused them."""

from pathlib import Path

import pytest

from mockserver.operations import addresses
from mockserver.operations.addresses import AddressError, resolved


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", "127.0.0.1:4647"),
        ("127.0.0.1:5", "127.0.0.1:5"),
        ("[127.0.0.1]:5", "127.0.0.1:5"),
        ("LocalHost", "127.0.0.1:4647"),
        ("[localhost]:7", "127.0.0.1:7"),
        ("", ":4647"),
        (":", ":0"),
        ("[]:5", ":5"),
        ("127.0.0.1:", "127.0.0.1:0"),
        ("127.0.0.1:HTTPS", "127.0.0.1:443"),
        ("127.0.0.1:+5", "127.0.0.1:5"),
        ("127.0.0.1:-0", "127.0.0.1:0"),
        ("127.0.0.1:00080", "127.0.0.1:80"),
        ("[::1]:5", "[::1]:5"),
        ("[FE80::A]:5", "[fe80::a]:5"),
        ("[fe80::1%lo]:5", "[fe80::1%lo]:5"),
        ("[::ffff:127.0.0.1]:5", "127.0.0.1:5"),
        ("[::ffff:1.2.3.4%lo]:5", "1.2.3.4%lo:5"),
    ],
)
def test_what_an_address_stands_for(address: str, expected: str) -> None:
    """An address is an IP and a port: 4647 by default, 0 after a bare colon."""
    assert resolved(address, 4647) == expected


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("127.0.0.1:99999", "address 99999: invalid port"),
        ("127.0.0.1:99999999999999999999", "address 99999999999999999999: invalid port"),
        ("127.0.0.1:-1", "address -1: invalid port"),
        ("127.0.0.1:foo", "address tcp/foo: unknown port"),
        ("127.0.0.1:1_0", "address tcp/1_0: unknown port"),
        ("a:b:c", "address a:b:c: too many colons in address"),
        ("::1", "address ::1: too many colons in address"),
        ("[::1]::5", "address [::1]::5: too many colons in address"),
        ("[::1]", "address [[::1]]:4647: missing port in address"),
        ("[::1]5", "address [[::1]5]:4647: missing port in address"),
        ("[::1", "address [::1: missing ']' in address"),
        ("a]b", "address a]b:4647: unexpected ']' in address"),
        ("a[b:5", "address a[b:5: unexpected '[' in address"),
        ("256.1.1.1", "lookup 256.1.1.1: no such host"),
        (" 127.0.0.1", "lookup  127.0.0.1: no such host"),
        ("fe80::1%lo", "address fe80::1%lo: too many colons in address"),
        ("[fe80::1%]:5", "lookup fe80::1%: no such host"),
    ],
)
def test_what_is_wrong_with_an_address(address: str, text: str) -> None:
    """A malformed address is refused in the words of Go's net package."""
    with pytest.raises(AddressError) as refused:
        resolved(address, 4647)
    assert str(refused.value) == text


def test_names_are_found_in_the_hosts_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first IPv4 address of a name counts; without a file only localhost is known."""
    hosts = tmp_path / "hosts"
    monkeypatch.setattr(addresses, "HOSTS", hosts)
    assert resolved("localhost:1", 4647) == "127.0.0.1:1"
    hosts.write_text("::1 nomad\n10.0.0.7 other Nomad # here\n\n10.0.0.8 nomad\n", "utf-8")
    assert resolved("NOMAD", 4647) == "10.0.0.7:4647"
    with pytest.raises(AddressError, match="lookup here: no such host"):
        resolved("here", 4647)
