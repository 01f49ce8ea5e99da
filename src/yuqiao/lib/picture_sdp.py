"""What two pages may tell each other through us about a picture between them: one video section of SDP and no more.

Pure. One of the two is a stranger, the other a browser that would do what it is told: so nothing passes that asks for
a microphone or a data channel, and nothing that is endless. Shapes: RFC 8866 (SDP), RFC 8829 (what browsers write),
RFC 8839 (candidates), RFC 8122 (fingerprint), RFC 8842 (setup).
"""

from __future__ import annotations

import re
from typing import Final, Literal

Kind = Literal["offer", "answer"]

#: Chromium offers about 6,000 characters for video; candidates of a machine with many networks add to it.
LONGEST: Final = 24_000
LONGEST_LINE: Final = 1_000
MOST_CANDIDATES: Final = 60

_LINE: Final = re.compile(r"[a-z]=[\x20-\x7e]+")
_MEDIA: Final = re.compile(r"m=video \d{1,5} (UDP/TLS|TCP/DTLS)/RTP/SAVPF( \d{1,3}){1,80}")
_FINGERPRINT: Final = re.compile(r"a=fingerprint:sha-(256|384|512) [0-9A-Fa-f:]{95,191}")
_UFRAG: Final = re.compile(r"a=ice-ufrag:[A-Za-z0-9+/]{4,256}")
_PASSWORD: Final = re.compile(r"a=ice-pwd:[A-Za-z0-9+/]{22,256}")
_CANDIDATE: Final = re.compile(
    r"a=candidate:[A-Za-z0-9+/]{1,32} [12] (udp|tcp|UDP|TCP) \d{1,10} [A-Za-z0-9.:-]{1,100} \d{1,5}"
    r" typ (host|srflx|prflx|relay)( [\x21-\x7e]+)*"
)
_SETUP: Final[dict[Kind, frozenset[str]]] = {
    "offer": frozenset({"a=setup:actpass"}),
    "answer": frozenset({"a=setup:active", "a=setup:passive"}),
}


class PictureSdpError(ValueError):
    """This describes no picture, or more than one; the message says what is wrong and repeats nothing of it."""


def check(text: str, kind: Kind) -> str:
    """Return ``text`` as it may be handed on, each line ended by CRLF; PictureSdpError for all that is more or less
    than one picture."""
    if len(text) > LONGEST:
        raise PictureSdpError("too long")
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if any(not _LINE.fullmatch(line) or len(line) > LONGEST_LINE for line in lines) or lines[0] != "v=0":
        raise PictureSdpError("no SDP")
    media = [line for line in lines if line.startswith("m=")]
    if len(media) != 1 or not _MEDIA.fullmatch(media[0]):
        raise PictureSdpError("there must be one section, of video over SRTP with DTLS")
    if media[0].split(" ")[1] == "0":
        raise PictureSdpError("the picture is refused")
    for what, pattern in (("a=ice-ufrag:", _UFRAG), ("a=ice-pwd:", _PASSWORD), ("a=fingerprint:", _FINGERPRINT)):
        found = [line for line in lines if line.startswith(what)]
        if not found or any(not pattern.fullmatch(line) for line in found):
            raise PictureSdpError(f"{what[2:-1]} is missing or malformed")
    setup = {line for line in lines if line.startswith("a=setup:")}
    if len(setup) != 1 or not setup <= _SETUP[kind]:
        raise PictureSdpError(f"setup is none of an {kind}'s")
    candidates = [line for line in lines if line.startswith("a=candidate:")]
    if len(candidates) > MOST_CANDIDATES or any(not _CANDIDATE.fullmatch(line) for line in candidates):
        raise PictureSdpError("candidates are malformed or too many")
    return "\r\n".join(lines) + "\r\n"
