"""How long a leg's silence lasts until it counts as lost: a browser's page may be on its way back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from yuqiao.lib import clock
from yuqiao.lib.g711 import PCMA
from yuqiao.media.legs import RETURNING, Legs
from yuqiao.media.ports import AudioParameters, Dtls
from yuqiao.media.rtp_socket import PortRange
from yuqiao.media.webrtc import certificate

PATIENCE = 500  # ticks; YUQIAO_RTP_TIMEOUT's 10 s
BROWSER = Dtls("ours", "password", "theirs", "ab" * 32)


@pytest.fixture
def legs() -> Iterator[Legs]:
    """A plain leg and a browser's, both talking since tick 0."""
    made, ports = Legs(), PortRange("127.0.0.1", 30_000, 39_998)
    made.browsers.identify(certificate.make(clock.now()))
    for name, dtls in (("plain", None), ("browser", BROWSER)):
        made.open(name, ports.bind(), 0)
        made.set_audio(name, AudioParameters(("127.0.0.1", 9), PCMA, None, rtcp_mux=True, dtls=dtls), 0)
    yield made
    for name in made.names():
        made.close(name)


def test_a_browser_is_waited_for_twice_as_long(legs: Legs) -> None:
    assert legs.gone_silent(PATIENCE - 1, PATIENCE) == []
    assert [leg.name for leg in legs.gone_silent(PATIENCE, PATIENCE)] == ["plain"]
    assert legs.gone_silent(RETURNING - 1, PATIENCE) == []
    assert [leg.name for leg in legs.gone_silent(RETURNING, PATIENCE)] == ["browser"]
    assert legs.gone_silent(RETURNING + 1, PATIENCE) == []


def test_an_operator_who_waits_longer_waits_longer_for_all(legs: Legs) -> None:
    assert legs.gone_silent(RETURNING, 2 * RETURNING) == []
    assert {leg.name for leg in legs.gone_silent(2 * RETURNING, 2 * RETURNING)} == {"plain", "browser"}
