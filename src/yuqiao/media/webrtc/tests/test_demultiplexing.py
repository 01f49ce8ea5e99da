"""RFC 7983 section 7, figure 3: every first octet there is."""

from __future__ import annotations

import pytest

from yuqiao.media.webrtc.demultiplexing import Kind, kind_of


@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [
        (0, 3, Kind.STUN),
        (4, 15, Kind.NOTHING),
        (16, 19, Kind.NOTHING),  # ZRTP
        (20, 63, Kind.DTLS),
        (64, 79, Kind.NOTHING),  # a channel of TURN
        (80, 127, Kind.NOTHING),
        (128, 191, Kind.RTP),
        (192, 255, Kind.NOTHING),
    ],
)
def test_the_first_octet_tells(first: int, last: int, kind: Kind) -> None:
    assert {kind_of(octet) for octet in range(first, last + 1)} == {kind}
