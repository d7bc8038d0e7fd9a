"""Addresses of servers as an agent reads them: with Go's ``net`` package (behaviour observed on 0.5.4).

No name server is asked: a name is found in the hosts file of this machine, or there is no such host.
"""

import re
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from mockserver.gostd.urls import host_port

HOSTS = Path("/etc/hosts")
_LARGEST_PORT = 65_535
_NUMBER = re.compile(r"[+-]?[0-9]*")
_SERVICES = {
    "domain": 53,
    "ftp": 21,
    "ftps": 990,
    "gopher": 70,
    "http": 80,
    "https": 443,
    "imap2": 143,
    "imap3": 220,
    "imaps": 993,
    "pop3": 110,
    "pop3s": 995,
    "smtp": 25,
    "ssh": 22,
    "submissions": 465,
    "telnet": 23,
}
"""The names of ports that need no file."""


class AddressError(ValueError):
    """An address that can't be used; the text says why, as an agent does."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(f"address {address}: {why}" if address else why)


def resolved(address: str, default_port: int) -> str:
    """Return the IP address and port that ``address`` stands for, as ``127.0.0.1:4647`` or ``[::1]:4647``.

    Raises:
        AddressError: the address cannot be used.
    """
    try:
        host, port = _split(address)
    except AddressError as error:
        if "missing port" not in str(error):
            raise
        host, port = _split(host_port(address, str(default_port)))
    number = _port(port)
    return host_port(_ip(host) if host else "", str(number))


def _split(address: str) -> tuple[str, str]:
    """Take an address apart into host and port, without brackets around the host.

    Raises:
        AddressError: there is no port, or brackets or colons are where none may be.
    """
    host, colon, port = address.rpartition(":")
    if not colon:
        raise AddressError(address, "missing port in address")
    rest = address
    if address.startswith("["):
        end = address.find("]")
        if end < 0:
            raise AddressError(address, "missing ']' in address")
        if end + 1 != len(host):
            many = address[end + 1 : end + 2] == ":"
            raise AddressError(address, "too many colons in address" if many else "missing port in address")
        host, rest = address[1:end], address[1:]
        after = address[end + 1 :]
    elif ":" in host:
        raise AddressError(address, "too many colons in address")
    else:
        after = address
    for bracket, part in (("[", rest), ("]", after)):
        if bracket in part:
            raise AddressError(address, f"unexpected '{bracket}' in address")
    return host, port


def _port(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        port = _SERVICES.get(text.lower())
        if port is None:
            raise AddressError(f"tcp/{text}", "unknown port")
        return port
    digits = text.lstrip("+-").lstrip("0") or "0"
    if len(digits) > len(str(_LARGEST_PORT)) or int(digits) > _LARGEST_PORT or (text[0:1] == "-" and digits != "0"):
        raise AddressError(text, "invalid port")
    return int(digits)


def _ip(host: str) -> str:
    try:
        known = ip_address(host)
    except ValueError:
        return _looked_up(host)
    if isinstance(known, IPv6Address) and known.ipv4_mapped is not None:
        return f"{known.ipv4_mapped}%{known.scope_id}" if known.scope_id else str(known.ipv4_mapped)
    return str(known)


def _looked_up(name: str) -> str:
    address = {"localhost": "127.0.0.1", **_hosts()}.get(name.lower())
    if address is None:
        raise AddressError("", f"lookup {name}: no such host")
    return address


def _hosts() -> dict[str, str]:
    """Return the first IPv4 address of each name in the hosts file; none where it can't be read."""
    try:
        lines = HOSTS.read_text("utf-8", "replace").splitlines()
    except OSError:
        return {}
    hosts: dict[str, str] = {}
    for line in lines:
        address, *names = line.partition("#")[0].split() or [""]
        if "." in address:
            for name in names:
                hosts.setdefault(name.lower(), address)
    return hosts
