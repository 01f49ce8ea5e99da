"""A supervisor who listens to a running call on a phone of her own: rows of the call's state. Pure data.

She is no party of the call: she stands outside `CallState.legs`, so that she keeps no call alive and counts nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

#: What she does: hears everybody; is heard by the interpreter alone besides; is in the conversation.
LISTEN, WHISPER, BARGE = "listen", "whisper", "barge"
MODES = (LISTEN, WHISPER, BARGE)
RINGING, CONFIRMING, ON, OVER = "ringing", "confirming", "on", "over"
#: Why somebody listens to people who talk; without one of these nobody does (PIPL article 6).
PURPOSES = ("quality", "training", "complaint", "support")


@dataclass(frozen=True, slots=True)
class MonitorState:
    """One supervisor on the line; ``id`` is her leg's. ``person`` is the row of who she is.

    ``confirm``: a key must be pressed first, so that no voicemail ever listens. ``announced``: the others hear a tone
    when she joins them. ``tapped`` is the leg she hears the call by, through the channel ``tap``; ``whispering``: that
    leg hears her; ``barged``: she is in the call's bridge.
    """

    id: str
    person: int
    contact: str
    created_at: float
    mode: str = LISTEN
    purpose: str = ""
    confirm: bool = False
    announced: bool = False
    command: int | None = None
    phase: str = RINGING
    answered_at: float | None = None
    ended_at: float | None = None
    tapped: str = ""
    tap: str = ""
    whispering: bool = False
    barged: bool = False
