"""Dialogs (RFC 3261 section 12): what must be remembered so that a request of ours reaches the other end of a call."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace

from aiosipua import SipRequest, SipResponse

from yuqiao.media.sip import wire
from yuqiao.media.sip.addresses import DEFAULT_PORT, Uri, read_party, read_uri
from yuqiao.media.sip.flows import PROTOCOL
from yuqiao.media.sip.secure_transport import TLS_PORT
from yuqiao.media.sip.transport import Hop

_SPOKEN = {"", "UDP", "TCP", "TLS"}


@dataclass(slots=True)
class Dialog:
    """One dialog seen from our side. ``local`` and ``remote`` are whole From/To values, tags included; ``remote_seq``
    is -1 until the other end sent a request; ``hop`` is how its last message came or went."""

    call_id: str
    local: str
    remote: str
    remote_tag: str
    remote_target: str
    route_set: tuple[str, ...]
    local_seq: int
    remote_seq: int
    hop: Hop

    @classmethod
    def of_callee(cls, invite: SipRequest, local_tag: str, hop: Hop) -> Dialog:
        """The dialog that our response to ``invite`` makes (12.1.1); ValueError when its Contact or first
        Record-Route is unusable."""
        remote = invite.headers.get_first("from") or ""
        dialog = cls(
            call_id=invite.headers.get_first("call-id") or "",
            local=f"{invite.headers.get_first('to')};tag={local_tag}",
            remote=remote,
            remote_tag=read_party(remote).tag,
            remote_target=contact_of(invite, hop),
            route_set=tuple(invite.headers.get("record-route")),
            local_seq=0,
            remote_seq=wire.cseq_of(invite)[0],
            hop=hop,
        )
        dialog.next_hop()  # refuse now what could never be sent to
        return dialog

    @classmethod
    def of_caller(cls, invite: SipRequest, response: SipResponse, hop: Hop) -> Dialog:
        """The dialog that a response to our ``invite`` makes (12.1.2). A response without a usable Contact, which
        RFC 3261 forbids but gateways send, leaves the address that was dialled."""
        remote = response.headers.get_first("to") or ""
        try:
            target = contact_of(response, hop)
        except ValueError:
            target = invite.uri
        dialog = cls(
            call_id=invite.headers.get_first("call-id") or "",
            local=invite.headers.get_first("from") or "",
            remote=remote,
            remote_tag=read_party(remote).tag,
            remote_target=target,
            route_set=tuple(reversed(response.headers.get("record-route"))),
            local_seq=wire.cseq_of(invite)[0],
            remote_seq=-1,
            hop=hop,
        )
        try:
            dialog.next_hop()
        except ValueError:  # a Record-Route we cannot follow: the way the INVITE went is the best guess
            dialog.remote_target, dialog.route_set = invite.uri, ()
        return dialog

    def route(self) -> tuple[str, tuple[str, ...]]:
        """Return Request-URI and Route values for a request within the dialog (12.2.1.1): a strict router as first
        hop takes the place of the target, which then goes last."""
        if not self.route_set:
            return self.remote_target, ()
        first = read_party(self.route_set[0]).uri
        if read_uri(first).loose:
            return self.remote_target, self.route_set
        return first, (*self.route_set[1:], f"<{self.remote_target}>")

    def hosts(self) -> list[str]:
        """Return the hosts on the way of our requests, the other end's last; what cannot be read is left out."""
        found = []
        for value in (*self.route_set, f"<{self.remote_target}>"):
            with contextlib.suppress(ValueError):
                found.append(read_uri(read_party(value).uri).host.strip("[]"))
        return found

    def next_hop(self) -> Hop:
        """Return where requests go (8.1.2). A TCP peer is reached on the connection it came by while that is open and
        leads to the same host: behind it there is often no listener. A browser's phone is reached by its name: its
        Contact is an address that nobody has (RFC 7118 5)."""
        if self.hop.protocol == PROTOCOL:
            return self.hop
        place = read_uri(read_party(self.route_set[0]).uri if self.route_set else self.remote_target)
        if self.hop.protocol == "TLS" and not place.transport:
            place = replace(place, transport="TLS")  # what began under TLS does not go on in the clear
        hop = replace(hop_to(place), sips=self.hop.sips)
        same = self.hop.connection is not None and self.hop.protocol == hop.protocol and self.hop.host == hop.host
        return replace(hop, connection=self.hop.connection) if same else hop

    def refresh(self, message: wire.Message, hop: Hop) -> None:
        """Take over the Contact of a target refresh (12.2.2); an unusable one changes nothing."""
        try:
            self.remote_target = contact_of(message, hop)
        except ValueError:
            return
        self.hop = hop


def contact_of(message: wire.Message, hop: Hop) -> str:
    """Return the URI of the first Contact; ValueError when there is none we could send to from where ``hop`` leads."""
    uri = read_party(message.headers.get_first("contact") or "").uri
    parts = read_uri(uri)
    if hop.protocol != PROTOCOL:
        hop_to(parts)
    return uri


def hop_to(uri: Uri) -> Hop:
    """Return the hop of ``uri``: its transport (UDP where it names none; for ``sips`` always TLS, RFC 3261 26.2.2) and
    port (5060, 5061 for TLS); ValueError when it asks for what we do not speak (WebSocket)."""
    sips = uri.scheme == "sips"
    if uri.scheme not in {"sip", "sips"} or uri.transport not in ({"", "TCP", "TLS"} if sips else _SPOKEN):
        raise ValueError("only sip: over UDP, TCP or TLS is spoken here, and sips:")
    protocol = "TLS" if sips else uri.transport or "UDP"
    return Hop(protocol, uri.host, uri.port or (TLS_PORT if protocol == "TLS" else DEFAULT_PORT), sips=sips)
