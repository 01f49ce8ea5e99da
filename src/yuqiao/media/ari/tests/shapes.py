"""What answers and events of ARI look like: keys and types, as both engines give them (Asterisk's api-docs)."""

from __future__ import annotations

from typing import Any

from yuqiao.media.ari.tests.live import Client

CHANNEL = {
    "id": str,
    "name": str,
    "state": str,
    "protocol_id": str,
    "caller": {"name": str, "number": str},
    "connected": {"name": str, "number": str},
    "accountcode": str,
    "dialplan": {"context": str, "exten": str, "priority": int, "app_name": str, "app_data": str},
    "creationtime": str,
    "language": str,
}
BRIDGE = {
    "id": str,
    "technology": str,
    "bridge_type": str,
    "bridge_class": str,
    "creator": str,
    "name": str,
    "channels": list,
    "creationtime": str,
    "video_mode": str,
}
PLAYBACK = {"id": str, "media_uri": str, "target_uri": str, "language": str, "state": str}
RECORDING = {"name": str, "format": str, "state": str, "target_uri": str}
EVENTS: dict[str, dict[str, Any]] = {
    "StasisStart": {"args": list, "channel": CHANNEL},
    "StasisEnd": {"channel": CHANNEL},
    "ChannelStateChange": {"channel": CHANNEL},
    "ChannelDtmfReceived": {"digit": str, "duration_ms": int, "channel": CHANNEL},
    "ChannelHold": {"channel": CHANNEL},
    "ChannelUnhold": {"channel": CHANNEL},
    "ChannelTransfer": {
        "refer_to": {"requested_destination": {"destination": str, "additional_protocol_params": list}},
        "referred_by": {"source_channel": CHANNEL},
    },
    "ChannelHangupRequest": {"cause": int, "channel": CHANNEL},
    "ChannelDestroyed": {"cause": int, "cause_txt": str, "channel": CHANNEL},
    "ChannelEnteredBridge": {"bridge": BRIDGE, "channel": CHANNEL},
    "ChannelLeftBridge": {"bridge": BRIDGE, "channel": CHANNEL},
    "ChannelVarset": {"variable": str, "value": str},
    "BridgeDestroyed": {"bridge": BRIDGE},
    "Dial": {"dialstatus": str, "forward": str, "dialstring": str, "peer": CHANNEL},
    "PlaybackStarted": {"playback": PLAYBACK},
    "PlaybackFinished": {"playback": PLAYBACK},
    "RecordingStarted": {"recording": RECORDING},
    "RecordingFinished": {"recording": RECORDING | {"duration": int}},
    "ApplicationReplaced": {},
}


def assert_shape(found: Any, shape: Any, where: str) -> None:
    """Check that ``found`` has each field of ``shape`` with its type."""
    if isinstance(shape, dict):
        for name, inner in shape.items():
            assert name in found, f"{where} lacks {name}"
            assert_shape(found[name], inner, f"{where}.{name}")
    else:
        assert isinstance(found, shape), f"{where} is {found!r}"


def assert_events(client: Client, *expected: str) -> None:
    """Check the shape of every event told so far, and that the ``expected`` are among them."""
    for event in client.events:
        stamped = {"timestamp": str, "asterisk_id": str, "application": str}
        assert_shape(event, EVENTS.get(event["type"], {}) | stamped, event["type"])
    assert {event["type"] for event in client.events} >= set(expected)
