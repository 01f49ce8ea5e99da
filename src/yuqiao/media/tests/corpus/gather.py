"""Picks from captures of real calls the messages from which the fuzz tests make theirs.

    tcpdump -i lo -s 2000 -w calls.pcap &  # while sipp, baresip, Asterisk call us, and an ARI client steers the server
    python -m yuqiao.media.tests.corpus.gather calls.pcap …

One of each kind is kept: of SIP by sender, method or status, and body; of RTP and RTCP by packet type; of HTTP by
method and path; of WebSocket frames by opcode. Addresses become 192.0.2.1 (RFC 5737), names of this machine too; what
is told of no protocol is left out. Our own server's messages are not kept: a fuzz test plays the other side.
"""

from __future__ import annotations

import re
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

NEUTRAL = b"192.0.2.1"
_SIP = re.compile(rb"(?:[A-Z]{3,12} sips?:\S+ SIP/2\.0|SIP/2\.0 \d\d\d)[^\r\n]*\r\n")
_HTTP = re.compile(rb"(GET|POST|PUT|DELETE) (/ari/[^ ?]*)\S* HTTP/1\.1\r\n")
_AGENT = re.compile(rb"^(?:User-Agent|Server): *(\w+)", re.IGNORECASE | re.MULTILINE)
_SECRETS = re.compile(rb"(Authorization: Basic |api_key=)[^\r\n &]+", re.IGNORECASE)
Flow = tuple[bytes, int, bytes, int]


def frames(path: Path) -> Iterator[tuple[int, Flow, bytes]]:
    """Yield protocol (6 or 17), the flow and the payload of every IPv4 packet of a pcap file of Ethernet frames."""
    data = path.read_bytes()
    if data[:4] != b"\xd4\xc3\xb2\xa1" or struct.unpack_from("<I", data, 20)[0] != 1:
        raise ValueError(f"{path} is no little-endian pcap of Ethernet frames")
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        packet = data[at + 16 + 14 : at + 16 + size]
        at += 16 + size
        if not packet or packet[0] >> 4 != 4 or packet[9] not in (6, 17):
            continue
        header = 4 * (packet[0] & 15)
        segment = packet[header : struct.unpack_from("!H", packet, 2)[0]]
        source, to = struct.unpack_from("!HH", segment)
        begin = 8 if packet[9] == 17 else 4 * (segment[12] >> 4)
        yield packet[9], (packet[12:16], source, packet[16:20], to), segment[begin:]


def kind_of(data: bytes) -> tuple[str, str] | None:
    """Return the protocol of one datagram or message, and what tells it from others of that protocol."""
    if _SIP.match(data):
        agent = _AGENT.search(data)
        name = agent[1].decode() if agent else "sipp"
        words = data.split(b" ", 2)
        what = words[1] if data.startswith(b"SIP") else words[0]
        seq = re.search(rb"CSeq:\s*\d+ (\w+)", data)
        body = "-sdp" if b"\r\n\r\nv=0" in data else ""
        body += "-again" if words[0] == b"INVITE" and re.search(rb"(?im)^(to|t) *:.*;tag=", data) else ""
        of = f"-{seq[1].decode()}" if seq and data.startswith(b"SIP") else ""
        return None if name == "Yuqiao" else ("sip", f"{name.lower()}-{what.decode()}{of}{body}")
    if found := _HTTP.match(data):
        path = re.sub(rb"/(\d+\.\d+|[0-9a-f-]{16,}|[a-z]+-\d+[0-9-]*)(?=/|$)", b"/ID", found[2])
        return "http", f"{found[1].decode()} {path.decode()}"
    if len(data) >= 8 and data[0] >> 6 == 2 and 200 <= data[1] <= 207:
        return "rtcp", "-".join(str(one) for one in _rtcp_types(data))
    if 12 < len(data) <= 400 and data[0] >> 6 == 2 and data[1] & 0x7F in (0, 8, 9, 13, 96, 101):
        return "rtp", f"{data[1]}-{len(data)}-{data[0]}"
    return None


def _rtcp_types(data: bytes) -> Iterator[int]:
    while len(data) >= 4:
        yield data[1]
        data = data[4 * (struct.unpack_from("!H", data, 2)[0] + 1) :]


def neutral(data: bytes) -> bytes:
    """Return ``data`` without this machine's addresses, names and passwords; a SIP body's length mended."""
    data = _SECRETS.sub(rb"\1bm9ib2R5OnNlc2FtZQ==", data)
    for name in {socket.gethostname().encode(), b"127.0.0.1", b"127.0.1.1", b"localhost"}:
        data = data.replace(name, NEUTRAL)
    head, gap, body = data.partition(b"\r\n\r\n")
    if gap and body and _SIP.match(data):
        head = re.sub(rb"(?im)^(content-length|l) *: *\d+", b"Content-Length: %d" % len(body), head)
    return head + gap + body


def gather(captures: list[Path]) -> dict[str, dict[str, bytes]]:
    """Return by protocol and kind one message of each."""
    found: dict[str, dict[str, bytes]] = {"sip": {}, "http": {}, "rtp": {}, "rtcp": {}}
    for capture in captures:
        for protocol, flow, payload in frames(capture):
            kind = kind_of(payload) if payload else None
            if kind is None or (kind[0] in ("rtp", "rtcp") and protocol != 17):
                continue
            if kind[0] == "rtp" and 30000 <= flow[1] < 40000:  # our mixer's
                continue
            found[kind[0]].setdefault(kind[1], neutral(payload))
    return found


def main() -> None:
    """Write one text file for each protocol beside this module: text as it is, octets in hex."""
    folder = Path(__file__).parent
    for protocol, messages in gather([Path(name) for name in sys.argv[1:]]).items():
        lines = []
        for name, data in sorted(messages.items()):
            text = data.decode().replace("\r\n", "\n") if protocol in ("sip", "http") else f"{data.hex()}\n"
            lines.append(f"=== {name}\n{text.rstrip(chr(10)) if protocol != 'sip' else text}\n")
        (folder / f"{protocol}.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
