"""How a leg's RTP is shown: the RTPstat model of ARI, and Asterisk's variable ``RTPAUDIOQOS`` at the leg's end. Pure.

Names and meanings are Asterisk 22's, which are not what its documentation says: ``txjitter`` and ``txmes`` are
measured by us on what we receive, ``rxjitter`` and ``rxmes`` come from the peer's reports; ``rxploss`` and ``lp`` are
what we did not get, ``txploss`` and ``rlp`` what the peer did not. Jitter and round trips are in seconds. "MES" is a
rating from 0 to 100; ours is R of the E-model. Ours alone: ``late``, ``wait`` and ``concealed``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from yuqiao.lib.voice_quality import rating
from yuqiao.media.rtp import FRAME

VARIABLE: Final = "RTPAUDIOQOS"
_PACKET_MS: Final = 20.0

Figures = Mapping[str, float]


def rtp_statistics(channel_id: str, figures: Figures) -> dict[str, Any]:
    """Return the RTPstat model (``rest-api/api-docs/channels.json``) of what `Mixer.statistics` said."""
    packets_in, packets_out = int(figures["packets_in"]), int(figures["packets_out"])
    return {
        "txcount": packets_out,
        "rxcount": packets_in,
        "txploss": int(figures.get("lost_there", 0)),
        "rxploss": int(figures["lost"]),
        "local_ssrc": int(figures["ssrc_out"]),
        "remote_ssrc": int(figures["ssrc_in"]),
        "txoctetcount": packets_out * FRAME,
        "rxoctetcount": packets_in * FRAME,
        "channel_uniqueid": channel_id,
        "txjitter": figures["jitter_ms"] / 1000,
        "rxjitter": figures.get("jitter_there_ms", 0.0) / 1000,
        "local_maxjitter": figures["jitter_most_ms"] / 1000,
        "rtt": figures.get("round_trip_ms", 0.0) / 1000,
        "minrtt": figures.get("round_trip_least_ms", 0.0) / 1000,
        "maxrtt": figures.get("round_trip_most_ms", 0.0) / 1000,
        "normdevrtt": figures.get("round_trip_ms", 0.0) / 1000,
        "txmes": round(heard_rating(figures), 2),
        "rxmes": round(heard_there_rating(figures), 2),
        "late": int(figures["late"]),
        "wait": figures["wait_ms"] / 1000,
        "concealed": figures["concealed_ms"] / 1000,
    }


def quality(figures: Figures) -> str:
    """Return the value of `VARIABLE`."""
    shown = rtp_statistics("", figures)
    return (
        f"ssrc={shown['local_ssrc']};themssrc={shown['remote_ssrc']};lp={shown['rxploss']};"
        f"rxjitter={shown['rxjitter']:.6f};rxcount={shown['rxcount']};txjitter={shown['txjitter']:.6f};"
        f"txcount={shown['txcount']};rlp={shown['txploss']};rtt={shown['rtt']:.6f};"
        f"rxmes={shown['rxmes']:.6f};txmes={shown['txmes']:.6f};"
        f"late={shown['late']};wait={shown['wait']:.6f};concealed={shown['concealed']:.6f}"
    )


def heard_rating(figures: Figures) -> float:
    """Return R of what comes from the party, 0 when nothing came."""
    gone = figures["lost"] + figures["late"]
    delay = figures.get("round_trip_ms", 0.0) / 2 + figures["wait_ms"] + _PACKET_MS
    return _rated(gone, figures["packets_in"] + figures["lost"], delay)


def heard_there_rating(figures: Figures) -> float:
    """Return R of what the party hears, as far as its reports tell; 0 without any."""
    if "lost_there" not in figures:
        return 0.0
    delay = figures.get("round_trip_ms", 0.0) / 2 + 2 * figures["jitter_there_ms"] + _PACKET_MS
    return _rated(figures["lost_there"], figures["packets_out"], delay)


def _rated(gone: float, expected: float, delay_ms: float) -> float:
    return max(0.0, rating(min(1.0, gone / expected), delay_ms)) if expected > 0 else 0.0
