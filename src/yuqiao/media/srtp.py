"""SRTP and SRTCP of one leg (RFC 3711), by libsrtp: packets are sealed when sent and opened when taken in.

Only legs that settled keys pass here. Media is opened and sealed where it lies, by the functions that pylibsrtp wraps:
its own `Session` copies each packet three times, which costs more than the cipher. Once a leg's socket is locked or its
browser's handshake done, the compiled tick calls them itself (`FUNCTIONS`, `in_step`).
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, Final

from pylibsrtp import Policy, Session
from pylibsrtp._binding import ffi, lib

from yuqiao.media.ports import MixerError, Srtp
from yuqiao.media.rtcp import FIRST_KIND, LAST_KIND

Send = Callable[[memoryview], int]

_PROFILES: Final = {
    "AES_CM_128_HMAC_SHA1_80": Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
    "AES_CM_128_HMAC_SHA1_32": Policy.SRTP_PROFILE_AES128_CM_SHA1_32,
    "AEAD_AES_128_GCM": Policy.SRTP_PROFILE_AEAD_AES_128_GCM,  # RFC 7714; browsers alone
}
#: Packets that come later than this many after the newest are taken for replayed (RFC 3711 3.3.2: at least 64).
WINDOW: Final = 128
REFUSED: Final = -1
#: Octets of a packet with its seal, and of the longest seal (libsrtp's SRTP_MAXTRAILER_LEN).
LONGEST: Final = 1500
TRAILER: Final = 144
#: srtp_err_status_t (libsrtp's srtp.h): well; already seen, or older than the window.
OK, SEEN_BEFORE, TOO_OLD = 0, 9, 10


def _address_of(pointer: Any) -> int:
    return int(ffi.cast("uintptr_t", pointer))


#: Where the functions are, for compiled code: each takes session, packet and its octets, and returns a status.
FUNCTIONS: Final = {
    "protect": _address_of(ffi.addressof(lib, "srtp_protect")),
    "unprotect": _address_of(ffi.addressof(lib, "srtp_unprotect")),
    "unprotect_report": _address_of(ffi.addressof(lib, "srtp_unprotect_rtcp")),
}


def address_of(session: Session) -> int:
    """Return where libsrtp has a session; good as long as ``session`` lives."""
    return _address_of(session._srtp[0])


class Seal:
    """Both directions of one leg. ``refused``: packets that were not made with the key we were given, ``replayed``:
    those that came a second time or far too late, as far as they were opened here; they are heard by nobody.
    ``incoming`` and ``outgoing`` are libsrtp's."""

    def __init__(self, keys: Srtp) -> None:
        self.refused = self.replayed = 0
        self.keys = keys
        self.outgoing = _session(keys.suite, keys.ours, Policy.SSRC_ANY_OUTBOUND)
        self.incoming = _session(keys.suite, keys.theirs, Policy.SSRC_ANY_INBOUND)
        self._size = ffi.new("int *")

    def renew(self, keys: Srtp) -> None:
        """Go on with ``keys``. A direction whose key stays goes on as it was: its packet index must not begin anew
        (RFC 3711 3.3.1)."""
        before, anew = self.keys, Seal(keys)
        self.keys = keys
        if (before.suite, before.ours) != (keys.suite, keys.ours):
            self.outgoing = anew.outgoing
        if (before.suite, before.theirs) != (keys.suite, keys.theirs):
            self.incoming = anew.incoming

    def sender(self, send: Send) -> Send:
        """Return what seals a packet and sends it by ``send``."""
        room = memoryview(bytearray(LONGEST))
        octets, size = ffi.from_buffer(room), self._size

        def seal_and_send(packet: memoryview) -> int:
            size[0] = count = len(packet)
            if count > LONGEST - TRAILER:
                raise OSError("this packet is too long")
            room[:count] = packet
            if lib.srtp_protect(self.outgoing._srtp[0], octets, size) != OK:
                raise OSError("this packet cannot be secured")  # the key has served all it may (RFC 3711 9.2)
            return send(room[: size[0]])

        return seal_and_send

    def open(self, slot: memoryview, size: int) -> int:
        """Open the packet of ``size`` octets that lies in ``slot``, RTP or (RFC 5761) RTCP, in its place; return its
        new size, or `REFUSED`."""
        is_report = size > 1 and FIRST_KIND <= slot[1] <= LAST_KIND
        return self._opened(lib.srtp_unprotect_rtcp if is_report else lib.srtp_unprotect, slot, size)

    def seal_report(self, packet: bytes) -> bytes:
        """Seal an RTCP packet (section 3.4)."""
        return self.outgoing.protect_rtcp(packet)

    def open_report(self, packet: bytes) -> bytes | None:
        """Open an RTCP packet that came on a port of its own; None for one that is refused."""
        slot = memoryview(bytearray(max(LONGEST, len(packet))))
        slot[: len(packet)] = packet
        size = self._opened(lib.srtp_unprotect_rtcp, slot, len(packet))
        return None if size == REFUSED else bytes(slot[:size])

    def _opened(self, way: Callable[[Any, Any, Any], int], slot: memoryview, size: int) -> int:
        self._size[0] = size
        status = way(self.incoming._srtp[0], ffi.from_buffer(slot), self._size)
        if status == OK:
            return int(self._size[0])
        if status in (SEEN_BEFORE, TOO_OLD):
            self.replayed += 1
        else:
            self.refused += 1
        return REFUSED


def _session(suite: str, key: str, direction: int) -> Session:
    if suite not in _PROFILES:
        raise MixerError("an SRTP suite that is not spoken here")
    policy = Policy(key=base64.b64decode(key), ssrc_type=direction, srtp_profile=_PROFILES[suite])
    policy.window_size = WINDOW
    return Session(policy)
