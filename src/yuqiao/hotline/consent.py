"""Whether the caller lets us record: told before anything is recorded, asked where the law leaves a choice.

PIPL articles 13-17: a notice first, consent that can be refused and taken back, no service withheld for it. A line may
have a legal duty to record (`DUTY`); then its callers are told, not asked. Pure.
"""

from __future__ import annotations

from yuqiao.hotline.effects import DiscardRecordings, StopRecording
from yuqiao.hotline.state import CALLER, CallState, LegPhase, TrackPhase
from yuqiao.hotline.turn import Turn

#: What became of the question, as calls keep it.
GIVEN, REFUSED, NOT_ASKED = "given", "refused", "not_asked"
#: A line's policy: everybody is told and recorded, everybody may refuse, nobody is recorded.
DUTY, ASK, NEVER = "always", "ask", "never"
POLICIES = (DUTY, ASK, NEVER)
#: The prompts that tell of the recording: with the way to refuse, and without.
NOTICES = frozenset({"notice", "notice_duty"})
REFUSE_KEY = "0"


def notice(call: CallState) -> tuple[str, ...]:
    """Return the prompt the caller has to hear before recording; none where nothing is, or already was, recorded."""
    if not call.record or call.recording or expects_guest(call):
        return ()
    return ("notice",) if call.refusable else ("notice_duty",)


def expects_guest(call: CallState) -> bool:
    """Whether a foreigner is still to be rung or to pick up (`hotline.requested`), who then hears the notice."""
    mine = [leg for leg in call.legs if leg.role == CALLER]
    return bool(call.guest) and not any(leg.joined_at or leg.phase is LegPhase.OVER for leg in mine)


def heard(turn: Turn, leg: str, *, done: bool) -> None:
    """The notice is over. Who heard it whole and did not refuse agrees, until a refusal comes."""
    turn.note("notice_played" if done else "notice_failed", leg)
    if done and turn.call.refusable and turn.call.consent == NOT_ASKED:
        turn.set(consent=GIVEN, consent_at=turn.now, consent_by="caller")


def may_record(call: CallState) -> bool:
    """Whether recording may begin: by duty, or with consent. An unheard notice gives none."""
    return call.record and (not call.refusable or call.consent == GIVEN)


def in_time(turn: Turn) -> bool:
    """Whether the caller is being asked, or was so lately that the key still means a refusal.

    Later the same key may be meant for somebody else on the call, such as a third party's own menu.
    """
    call, playing = turn.call, turn.call.playing
    if not call.record or not call.refusable:
        return False
    if playing is not None and playing.name in NOTICES:
        return True
    return call.consent == GIVEN and call.consent_at is not None and turn.now <= call.consent_at + call.timing.refuse


def refuse(turn: Turn, by: str, leg: str = "") -> None:
    """Nothing of this call is recorded any more, and what was is thrown away; the call goes on in every respect."""
    turn.set(consent=REFUSED, consent_at=turn.now, consent_by=by, record=False, recording=False)
    turn.note("consent_refused", leg, by=by)
    running = [track for track in turn.call.tracks if track.phase is not TrackPhase.OVER]
    turn.do(*(StopRecording(track.name, track.leg) for track in running))
    discard(turn)


def discard(turn: Turn) -> None:
    """Throw away what was recorded of a call whose caller refused, as soon as no file is written any more."""
    tracks = turn.call.tracks
    if turn.call.consent == REFUSED and tracks and all(track.phase is TrackPhase.OVER for track in tracks):
        turn.do(DiscardRecordings())
