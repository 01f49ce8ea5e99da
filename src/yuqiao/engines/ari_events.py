"""From ARI's JSON events to neutral ones: pure, one dictionary in, at most one event out.

Shapes: Asterisk 22 ``rest-api/api-docs/events.json``. Our own legs and snoops carry their kind as ``appArgs``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from yuqiao.engines import events
from yuqiao.engines.whispering import listener
from yuqiao.lib import clock

Json = dict[str, Any]
#: ``cause_txt`` of a leg that our media server lost with the worker that mixed it. Asterisk has no workers, so it never
#: says so: what it loses is gone with all the rest, and found at the next connection.
MIXER_LOST = "Mixer worker lost"
#: What Asterisk gives as cause of a ``ChannelHangupRequest`` that is ``soft`` is who asks: ``AST_SOFTHANGUP_DEV`` is
#: the leg's own device, whose RTP timed out; 32 is an application.
SOFTHANGUP_DEV = 1
LEG_ARGUMENT, SNOOP_ARGUMENT = "leg", "snoop"
#: Channel variables: the languages an INVITE offered (RFC 8373), and the one we chose. Asterisk shows the first with
#: each channel when ari.conf says ``channelvars = YUQIAO_HLANG``.
LANGUAGES_OFFERED, LANGUAGE_CHOSEN = "YUQIAO_HLANG", "YUQIAO_HLANG_CHOSEN"
#: By which carrier it came, and the number that was dialled first.
TRUNK, DIVERTED = "YUQIAO_TRUNK", "YUQIAO_DIVERTED_FROM"

#: What an engine leaves of a leg's quality: Asterisk sets it when the leg is hung up.
QUALITY = "RTPAUDIOQOS"


def stamp(message: Json) -> float:
    """Return the event's time in UNIX seconds; the present where it carries none that can be read."""
    try:
        return dt.datetime.fromisoformat(str(message["timestamp"])).timestamp()
    except (KeyError, ValueError):
        return clock.now().timestamp()


def started_at(info: Json) -> float:
    """Return since when the engine runs (``GET /asterisk/info``), in UNIX seconds; 0 where it does not say."""
    try:
        return dt.datetime.fromisoformat(str(info["status"]["startup_time"])).timestamp()
    except (KeyError, TypeError, ValueError):
        return 0.0


def languages_offered(channel: Json) -> tuple[str, ...]:
    """Return the language tags a channel's INVITE offered, most wanted first; commas or blanks stand between them."""
    offered = str((channel.get("channelvars") or {}).get(LANGUAGES_OFFERED) or "")
    return tuple(tag for tag in offered.replace(",", " ").split() if tag != "*")


def _stasis_start(message: Json) -> events.EngineEvent | None:
    channel = message["channel"]
    arguments = message.get("args") or []
    at = stamp(message)
    if not arguments:
        dialled, number = str(channel["dialplan"]["exten"]), str(channel["caller"]["number"])
        shown = channel.get("channelvars") or {}
        trunk, diverted = (str(shown.get(name) or "") for name in (TRUNK, DIVERTED))
        return events.LegArrived(str(channel["id"]), dialled, number, at, languages_offered(channel), trunk, diverted)
    return events.LegControlled(str(channel["id"]), at) if arguments[0] == LEG_ARGUMENT else None


def _state_change(message: Json) -> events.EngineEvent | None:
    channel = message["channel"]
    if channel["state"] == "Up":
        return events.LegAnswered(str(channel["id"]), stamp(message))
    return events.LegRinging(str(channel["id"]), stamp(message)) if channel["state"] == "Ringing" else None


def _dial(message: Json) -> events.EngineEvent | None:
    ringing = message.get("dialstatus") in {"RINGING", "PROGRESS"}
    return events.LegRinging(str(message["peer"]["id"]), stamp(message)) if ringing else None


def _destroyed(message: Json) -> events.EngineEvent:
    if message.get("cause_txt") == MIXER_LOST:
        return _lost(message)
    return events.LegEnded(str(message["channel"]["id"]), int(message.get("cause", events.NORMAL)), stamp(message))


def _varset(message: Json) -> events.EngineEvent | None:
    """The quality that an engine leaves with a channel at its end (Asterisk's ``RTPAUDIOQOS``); other variables are
    nobody's."""
    if message.get("variable") != QUALITY or not message.get("channel"):
        return None
    said = dict(part.partition("=")[::2] for part in str(message["value"]).split(";") if part)
    received, sent, reported = int(said["rxcount"]), int(said["txcount"]), float(said["rtt"]) > 0
    return events.LegMeasured(
        str(message["channel"]["id"]),
        stamp(message),
        received=received,
        lost=int(said["lp"]),
        jitter=_milliseconds(said["txjitter"]),  # measured here, and transmitted in reports
        sent=sent,
        # Without a report the other side's figures are all 0; a round trip comes with a report.
        lost_there=int(said["rlp"]) if reported else None,
        jitter_there=_milliseconds(said["rxjitter"]) if reported else None,
        round_trip=_milliseconds(said["rtt"]) if reported else None,
        late=int(said.get("late", 0)),
        wait=_milliseconds(said["wait"]) if "wait" in said else None,
    )


def _milliseconds(seconds: str) -> float:
    number = float(seconds)
    if not 0 <= number < 1e6:
        raise ValueError("no duration")
    return round(1000 * number, 3)


def _lost(message: Json) -> events.LegEnded:
    return events.LegEnded(str(message["channel"]["id"]), events.TEMPORARY_FAILURE, stamp(message), by_engine=True)


def _hangup_request(message: Json) -> events.EngineEvent | None:
    """Usually no more than an announcement; but a lost leg is lost before its recordings are complete.

    Asterisk tells nowhere else that an inbound leg's RTP timed out, and it tells by whom the end was asked for, not
    which cause it has.
    """
    if message.get("soft") and message.get("cause") == SOFTHANGUP_DEV:
        return events.LegEnded(str(message["channel"]["id"]), events.UNAVAILABLE, stamp(message))
    return _lost(message) if message.get("cause_txt") == MIXER_LOST else None


def _digit(message: Json) -> events.EngineEvent:
    return events.KeyPressed(str(message["channel"]["id"]), str(message["digit"]), stamp(message))


def _entered(message: Json) -> events.EngineEvent:
    return events.LegJoined(str(message["channel"]["id"]), stamp(message))


def _playback(message: Json) -> events.EngineEvent:
    playback = message["playback"]
    leg = listener(str(playback.get("target_uri") or "").removeprefix("channel:"))
    return events.PlaybackEnded(str(playback["id"]), leg, stamp(message), done=playback.get("state") != "failed")


def _recording_started(message: Json) -> events.EngineEvent:
    return events.RecordingBegan(str(message["recording"]["name"]), stamp(message))


def _recording_finished(message: Json) -> events.EngineEvent:
    recording = message["recording"]
    # Asterisk gives whole seconds; our own engine adds milliseconds.
    milliseconds = recording.get("duration_ms", 1000 * int(recording.get("duration") or 0))
    return events.RecordingEnded(str(recording["name"]), int(milliseconds), stamp(message))


def _recording_failed(message: Json) -> events.EngineEvent:
    return events.RecordingEnded(str(message["recording"]["name"]), 0, stamp(message), done=False)


TRANSLATORS: dict[str, Callable[[Json], events.EngineEvent | None]] = {
    "StasisStart": _stasis_start,
    "ChannelStateChange": _state_change,
    "Dial": _dial,
    "ChannelHangupRequest": _hangup_request,
    "ChannelDestroyed": _destroyed,
    "ChannelDtmfReceived": _digit,
    "ChannelVarset": _varset,
    "ChannelEnteredBridge": _entered,
    "PlaybackFinished": _playback,
    "RecordingStarted": _recording_started,
    "RecordingFinished": _recording_finished,
    "RecordingFailed": _recording_failed,
}


def translate(message: Json) -> events.EngineEvent | None:
    """Return the neutral event for one ARI message; None where it means nothing to a call.

    ValueError when the message lacks what its type promises.
    """
    translator = TRANSLATORS.get(str(message.get("type")))
    if translator is None:
        return None
    try:
        return translator(message)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"malformed {message.get('type')}: {error!r}") from error
