"""The trunks as the environment names them (``YUQIAO_TRUNKS``): read and checked; pure.

A list of JSON objects, or the path of a file that holds it. Passwords stand in variables of their own, which a trunk
names. Whatever is wrong ends the start with a sentence that says which trunk and what to write.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yuqiao.media.ports import Address
from yuqiao.media.sip.addresses import DEFAULT_PORT
from yuqiao.media.sip.digest import Login
from yuqiao.media.sip.secure_media import Policy
from yuqiao.media.sip.secure_transport import TLS_PORT

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Stands for "whichever trunk the number belongs to" where a host is to be written, as in ``sip:{number}@trunks``.
ANY_TRUNK: Final = "trunks"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_HOST = re.compile(r"\[([0-9A-Fa-f:]+)\](?::(\d{1,5}))?|([A-Za-z0-9.-]{1,253})(?::(\d{1,5}))?")
_PREFIX = re.compile(r"\+?[0-9*#]{0,20}")


@dataclass(frozen=True, slots=True)
class TrunkSettings:
    """One carrier. ``hosts`` are tried in order. ``login`` is ours with them; ``caller_login`` is what they must show
    when they call in from an address that is not among ``sources`` (empty: the addresses of the hosts). ``prefixes``:
    the numbers it takes, "" for all; lower ``priority`` first. ``options_seconds`` 0: its health is not watched.
    ``certificate_name``: what its certificate bears under TLS, if not the host. ``redirects``: where its 3xx may send
    our calls, to its ``own`` places, to ``any``, or nowhere (``none``). ``most_calls``: at once, both ways; 0 for
    no limit. ``srtp``: whether its calls may or must be secured."""

    name: str
    hosts: tuple[Address, ...]
    transport: str = "UDP"
    domain: str = ""
    login: Login | None = None
    register: bool = False
    expires: int = 600
    prefixes: tuple[str, ...] = ("",)
    priority: int = 10
    sources: tuple[Network, ...] = ()
    caller_login: Login | None = None
    by_address: bool = True
    options_seconds: float = 30.0
    dead_after: int = 3
    certificate_name: str = ""
    redirects: str = "own"
    most_calls: int = 0
    srtp: Policy = Policy.OPTIONAL

    @property
    def home(self) -> str:
        """The domain of our user with this carrier: the first host where no other is said."""
        return self.domain or self.hosts[0][0]


_FIELDS: Final = {
    "name", "hosts", "transport", "domain", "user", "password_variable", "register", "expires", "numbers", "priority",
    "inbound", "sources", "caller_user", "caller_password_variable", "options_seconds", "dead_after",
    "certificate_name", "redirects", "most_calls", "srtp",
}  # fmt: skip


def networks(raw: str) -> tuple[Network, ...]:
    """Return the networks of ``10.1.2.3, 192.0.2.0/24``; ValueError."""
    return tuple(_network(part.strip()) for part in raw.split(",") if part.strip())


def _network(raw: str) -> Network:
    try:
        return ipaddress.ip_network(raw)
    except ValueError as error:
        raise ValueError(f"{raw!r} is no address or network, such as 192.0.2.10 or 192.0.2.0/24") from error


def reader(environment: Mapping[str, str]) -> Callable[[str], tuple[TrunkSettings, ...]]:
    """Return what reads ``YUQIAO_TRUNKS``, with passwords from ``environment``; it raises ValueError."""

    def read_all(raw: str) -> tuple[TrunkSettings, ...]:
        text = raw if raw.lstrip().startswith("[") else _file(raw)
        try:
            listed = json.loads(text)
        except ValueError as error:
            raise ValueError(f"no JSON: {error}") from error
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise ValueError('write a list of objects, [{"name": "city-a", "hosts": ["sip.example.cn"]}]')
        trunks = tuple(_trunk(one, at, environment) for at, one in enumerate(listed, 1))
        names = [one.name for one in trunks]
        if len(set(names)) < len(names):
            raise ValueError("two trunks have the same name")
        users = [one.caller_login.user for one in trunks if one.caller_login]
        if len(set(users)) < len(users):
            raise ValueError("two trunks have the same caller_user; each needs its own")
        return trunks

    return read_all


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError("neither a JSON list nor a file that can be read") from error


def _trunk(given: Mapping[str, Any], at: int, environment: Mapping[str, str]) -> TrunkSettings:
    name = given.get("name", "")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name == ANY_TRUNK:
        raise ValueError(f"trunk {at} needs a name of letters, digits, '-', '_' or '.', other than {ANY_TRUNK!r}")
    try:
        return _checked(name, given, environment)
    except ValueError as error:
        raise ValueError(f"trunk {name}: {error}") from error


def _checked(name: str, given: Mapping[str, Any], environment: Mapping[str, str]) -> TrunkSettings:
    if unknown := sorted(set(given) - _FIELDS):
        raise ValueError(f"{', '.join(unknown)}: no such field; there are {', '.join(sorted(_FIELDS))}")
    transport = (_text(given, "transport") or "udp").upper()
    if transport not in {"UDP", "TCP", "TLS"}:
        raise ValueError("transport is udp, tcp or tls")
    hosts = tuple(_host(one, TLS_PORT if transport == "TLS" else DEFAULT_PORT) for one in _texts(given, "hosts"))
    if not hosts:
        raise ValueError('hosts is missing; write ["sip.example.cn:5060"]')
    certificate_name = _text(given, "certificate_name")
    if certificate_name and transport != "TLS":
        raise ValueError("certificate_name belongs to transport tls")
    redirects = _text(given, "redirects") or "own"
    if redirects not in {"own", "any", "none"}:
        raise ValueError("redirects is own, any or none")
    login = _login(given, "user", "password_variable", environment)
    register = _truth(given, "register")
    if register and login is None:
        raise ValueError("to register, it needs a user and a password_variable")
    inbound = _text(given, "inbound") or "address"
    if inbound not in {"address", "digest", "none"}:
        raise ValueError("inbound is address, digest or none")
    caller = _login(given, "caller_user", "caller_password_variable", environment)
    if (inbound == "digest") != (caller is not None):
        raise ValueError("inbound digest and caller_user with caller_password_variable belong together")
    return TrunkSettings(
        name=name,
        hosts=hosts,
        transport=transport,
        domain=_text(given, "domain"),
        login=login,
        register=register,
        expires=int(_number(given, "expires", 600, 30, 86_400)),
        prefixes=_prefixes(given),
        priority=int(_number(given, "priority", 10, 0, 1000)),
        sources=tuple(_network(one) for one in _texts(given, "sources")),
        caller_login=caller,
        by_address=inbound == "address",
        options_seconds=_number(given, "options_seconds", 30, 0, 3600),
        dead_after=int(_number(given, "dead_after", 3, 1, 100)),
        redirects=redirects,
        most_calls=int(_number(given, "most_calls", 0, 0, 100_000)),
        certificate_name=certificate_name,
        srtp=_srtp(given),
    )


def _text(given: Mapping[str, Any], field: str) -> str:
    value = given.get(field, "")
    if not isinstance(value, str) or re.search(r"[\x00-\x20<>\"]", value):
        raise ValueError(f"{field} is a text without blanks, quotes and angle brackets")
    return value


def _texts(given: Mapping[str, Any], field: str) -> Sequence[str]:
    value = given.get(field, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"{field} is a list of texts")
    return value


def _truth(given: Mapping[str, Any], field: str) -> bool:
    value = given.get(field, False)
    if not isinstance(value, bool):
        raise ValueError(f"{field} is true or false")  # noqa: TRY004 - a setting is wrong, not a type
    return value


def _number(given: Mapping[str, Any], field: str, default: float, least: float, most: float) -> float:
    value = given.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{field} is a number from {least:g} to {most:g}")
    return float(value)


def _prefixes(given: Mapping[str, Any]) -> tuple[str, ...]:
    prefixes = tuple(_texts(given, "numbers")) if "numbers" in given else ("",)
    if not prefixes or not all(_PREFIX.fullmatch(one) for one in prefixes):
        raise ValueError('numbers is a list of beginnings of numbers, such as ["010", "+86"]; [""] for all')
    return prefixes


def _host(raw: str, default: int) -> Address:
    found = _HOST.fullmatch(raw)
    port = int((found and (found[2] or found[4])) or default)
    if found is None or not 0 < port < 65536:
        raise ValueError(f"{raw!r} is no host, such as sip.example.cn or 192.0.2.10:5080")
    return found[1] or found[3], port


def _srtp(given: Mapping[str, Any]) -> Policy:
    try:
        return Policy.read(_text(given, "srtp") or Policy.OPTIONAL.value)
    except ValueError as error:
        raise ValueError(f"srtp: {error}") from error


def _login(given: Mapping[str, Any], user: str, variable: str, environment: Mapping[str, str]) -> Login | None:
    name, where = _text(given, user), _text(given, variable)
    if not name and not where:
        return None
    if not name or not where:
        raise ValueError(f"{user} and {variable} belong together")
    if not environment.get(where):
        raise ValueError(f"the variable {where}, which {variable} names, is not set")
    return Login(name, environment[where])
