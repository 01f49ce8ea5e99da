"""Dialogs (RFC 3261 section 12): what must be remembered so that a request of ours reaches the other end of a call."""

from __future__ import annotations

from dataclasses import dataclass

from aiosipua import SipRequest, SipResponse

from yuqiao.media.sip import wire
from yuqiao.media.sip.addresses import DEFAULT_PORT, Uri, read_party, read_uri
from yuqiao.media.sip.transport import Hop


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
            remote_target=contact_of(invite),
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
            target = contact_of(response)
        except ValueError:
            target = invite.uri
        return cls(
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

    def route(self) -> tuple[str, tuple[str, ...]]:
        """Return Request-URI and Route values for a request within the dialog (12.2.1.1): a strict router as first
        hop takes the place of the target, which then goes last."""
        if not self.route_set:
            return self.remote_target, ()
        first = read_party(self.route_set[0]).uri
        if read_uri(first).loose:
            return self.remote_target, self.route_set
        return first, (*self.route_set[1:], f"<{self.remote_target}>")

    def next_hop(self) -> Hop:
        """Return where requests go (8.1.2). A TCP peer is reached on the connection it came by while that is open and
        leads to the same host: behind it there is often no listener."""
        place = read_uri(read_party(self.route_set[0]).uri if self.route_set else self.remote_target)
        hop = hop_to(place)
        same = self.hop.connection is not None and self.hop.protocol == hop.protocol and self.hop.host == hop.host
        return Hop(hop.protocol, hop.host, hop.port, self.hop.connection) if same else hop

    def refresh(self, message: wire.Message, hop: Hop) -> None:
        """Take over the Contact of a target refresh (12.2.2); an unusable one changes nothing."""
        try:
            self.remote_target = contact_of(message)
        except ValueError:
            return
        self.hop = hop


def contact_of(message: wire.Message) -> str:
    """Return the URI of the first Contact; ValueError when there is none we could send to."""
    uri = read_party(message.headers.get_first("contact") or "").uri
    hop_to(read_uri(uri))
    return uri


def hop_to(uri: Uri) -> Hop:
    """Return the hop of ``uri``: its transport (UDP where it names none) and port (5060); ValueError when it asks for
    what we do not speak (TLS, WebSocket)."""
    if uri.scheme != "sip" or uri.transport not in {"", "UDP", "TCP"}:
        raise ValueError("only sip: over UDP or TCP is spoken here")
    return Hop(uri.transport or "UDP", uri.host, uri.port or DEFAULT_PORT)
