"""External media: what is said in a bridge goes out as RTP to another program, such as one that tells languages apart.

As Asterisk's ``POST /channels/externalMedia``, of which only sending G.711 over RTP is done here: nothing is taken in.
"""

from __future__ import annotations

import ipaddress

from yuqiao.media.ari.channels import Channel, Kind, State
from yuqiao.media.ari.errors import AriError, unsupported
from yuqiao.media.ari.legs import Legs
from yuqiao.media.ari.switch import Switch
from yuqiao.media.ports import Address, AudioParameters

CODECS = {"alaw": 8, "ulaw": 0}  # RFC 3551 table 4


def external_media(
    switch: Switch, legs: Legs, *, host: str, codec: str, app: str, args: str = "", channel_id: str = ""
) -> Channel:
    """Make a channel that sends what it hears to ``host`` (IPv4 address:port), Up and in Stasis at once.

    AriError 400 for an address that is none, 409 when the id is taken, 501 for another format, 503 while stopping.
    """
    if switch.stopping:
        raise AriError(503, "The media server is stopping")
    address = address_of(host)
    if codec not in CODECS:
        raise unsupported("A format other than alaw and ulaw")
    if channel_id in switch.channels:
        raise AriError(409, "Channel with given unique ID already exists")
    channel = Channel(
        id=channel_id or switch.new_id(),
        name=switch.new_name("UnicastRTP", host),
        kind=Kind.OUTBOUND,
        state=State.UP,
        app=app,
        args=tuple(args.split(",")) if args else (),
        external=AudioParameters(address, CODECS[codec], None, send=True, receive=False, rtcp_port=0),
    )
    legs.register(channel)
    return channel


def address_of(host: str) -> Address:
    """Return IPv4 address and port; AriError 400."""
    name, _, port = host.rpartition(":")
    try:
        ipaddress.IPv4Address(name)
    except ValueError as error:
        raise AriError(400, "external_host must be an IPv4 address and a port") from error
    if not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        raise AriError(400, "external_host must be an IPv4 address and a port")
    return name, int(port)
