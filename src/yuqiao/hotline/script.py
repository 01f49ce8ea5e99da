"""What is played to whom: greeting, menu, notice, waiting, last words; and the recordings that begin after the notice.

One prompt plays at a time, to one leg, over whatever that leg hears. A script is the list of prompts still to come.
"""

from __future__ import annotations

from dataclasses import replace

from yuqiao.engines.events import PlaybackEnded, RecordingBegan, RecordingEnded
from yuqiao.hotline import consent, rerecording
from yuqiao.hotline.briefing_words import BRIEFING, words
from yuqiao.hotline.consent import NOTICES
from yuqiao.hotline.effects import HangUp, Play, Record, StopPlaying
from yuqiao.hotline.prompts import caller_menu, sound
from yuqiao.hotline.state import AGENT, CALLER, INTERPRETER, LegPhase, Phase, Playing, TrackOf, TrackPhase
from yuqiao.hotline.turn import Turn
from yuqiao.languages.catalogue import BASE

DEFAULT_LANGUAGE = "en"
RING, BEEP, CONFIRM = "ring", "beep", "confirm"
#: Prompts that help somebody who waits alone; they stop when somebody joins.
WHILE_ALONE = frozenset({"greeting", "connecting", "replacing", RING})
#: Prompts that are heard to their end by whoever they are meant for, even when somebody joins meanwhile.
HEARD_OUT = NOTICES | {"not_recorded", "sorry"}
QUESTIONS = frozenset({"proposal", "menu"})
LAST_WORDS = frozenset({"goodbye", "nobody_free", "nobody_now", "excluded"})


def media(turn: Turn, leg_id: str, name: str) -> tuple[str, ...]:
    """Return what to play for one prompt: an agent and an interpreter hear Chinese, a caller their own language."""
    if name in {RING, BEEP}:
        return patience(turn) if name == RING and leg_id == turn.call.principal else (f"tone:{name}",)
    if name == BRIEFING:
        return _briefing(turn, leg_id)
    leg = turn.call.leg(leg_id)
    beside = turn.call.language != "" and not turn.call.guest  # the foreigner stands beside the agent
    hears_chinese = leg is not None and (leg.role == INTERPRETER or (leg.role == AGENT and not beside))
    both = name == "sorry" and leg is not None and leg.role == AGENT and beside
    # Both stand at this phone; or the second sentence tells by its sound which language the call is in.
    if both or name == CONFIRM:
        return sound(name, BASE), sound(name, turn.call.language or DEFAULT_LANGUAGE)
    if name == "proposal":
        return (sound("menu", turn.call.proposal or DEFAULT_LANGUAGE),)
    if name == "menu":
        return (sound("menu", BASE),) if hears_chinese else caller_menu(turn.call.menu)
    return (sound(name, BASE if hears_chinese else turn.call.language or DEFAULT_LANGUAGE),)


def patience(turn: Turn) -> tuple[str, ...]:
    """Return what somebody hears who waits: the site's music, or a ringing tone."""
    return (turn.call.timing.music or f"tone:{RING}",)


def _briefing(turn: Turn, leg_id: str) -> tuple[str, ...]:
    leg = turn.call.leg(leg_id)
    request = None if leg is None else turn.call.request(leg.request)
    names = words(turn.call.language, "" if request is None else request.domain, turn.call.line)
    return tuple(sound(name, BASE) for name in names)


def own_words(turn: Turn, leg_id: str, name: str) -> str:
    """Return a prompt as this leg understands it: the caller's leg in the caller's language, all others in Chinese."""
    language = turn.call.language or DEFAULT_LANGUAGE
    leg = turn.call.leg(leg_id)
    callers = leg_id == turn.call.principal if not turn.call.guest else leg is not None and leg.role == CALLER
    return sound(name, language if callers else BASE)


def tell(turn: Turn, name: str, *legs: str) -> None:
    """Play a short prompt or tone to each of these legs, beside the script and without waiting for its end."""
    for leg_id in legs:
        media = f"tone:{BEEP}" if name == BEEP else own_words(turn, leg_id, name)
        turn.do(Play(turn.new_id(), leg_id, (media,)))


def run(turn: Turn, leg_id: str, *names: str) -> None:
    """Play these prompts to a leg, in place of whatever was playing."""
    stop(turn)
    turn.set(script=names, listener=leg_id)
    _next(turn)


def stop(turn: Turn) -> None:
    """Stop what is playing and forget what was to come."""
    playing = turn.call.playing
    if playing is not None:
        turn.do(StopPlaying(playing.id, playing.leg))
    turn.set(playing=None, script=())
    turn.alarm("repeat", None)


def quiet(turn: Turn) -> None:
    """Somebody joined: stop what was played for patience, but never the notice that the call is recorded."""
    playing, script = turn.call.playing, turn.call.script
    turn.alarm("repeat", None)
    notices = [name for name in script if name in NOTICES]
    if playing is not None and playing.name in HEARD_OUT:
        turn.set(script=tuple(notices))
    elif notices:
        run(turn, turn.call.listener, *notices)
    elif playing is not None and playing.name in WHILE_ALONE:
        stop(turn)


def waiting_prompts(turn: Turn) -> tuple[str, ...]:
    """Return what is played once the language is known: the notice, then patience while nobody else is on."""
    notice = consent.notice(turn.call)
    alone = len(turn.call.present()) <= 1
    return (*notice, "connecting", RING) if alone else notice


def _next(turn: Turn) -> None:
    script = turn.call.script
    listener = turn.call.leg(turn.call.listener)
    if not script or listener is None or not listener.present:
        turn.set(script=())
        return
    name, rest = script[0], script[1:]
    playback = turn.new_id()
    turn.set(script=rest, playing=Playing(playback, listener.id, name))
    turn.do(Play(playback, listener.id, media(turn, listener.id, name)))
    if name == RING:
        turn.alarm("repeat", turn.call.timing.repeat)


def playback_ended(turn: Turn, event: PlaybackEnded) -> None:
    """Go on with the script. A prompt that failed counts as over: a missing file must not hold a caller up."""
    playing = turn.call.playing
    if playing is None or playing.id != event.playback:
        return
    turn.set(playing=None)
    if playing.name in NOTICES:
        consent.heard(turn, playing.leg, done=event.done)
        begin_recording(turn)
    elif playing.name in QUESTIONS and turn.call.phase is Phase.CHOOSING:
        turn.alarm("key", turn.call.timing.key)
    elif playing.name == "survey" and turn.call.phase is Phase.CLOSING:
        turn.alarm("survey", turn.call.timing.survey if event.done else 0.0)
    elif playing.name in LAST_WORDS and turn.call.phase is Phase.CLOSING:
        turn.do(HangUp(turn.call.principal))
    _next(turn)


def listener_gone(turn: Turn, leg_id: str) -> None:
    """Forget the script of a leg that is over; its playback ended with it."""
    if turn.call.listener == leg_id:
        turn.set(playing=None, script=(), listener="")
        turn.alarm("repeat", None)
        turn.alarm("key", None)


def repeat(turn: Turn) -> None:
    """Whoever waits alone hears again that we are at it."""
    if turn.call.phase is Phase.CALLING_BACK:
        run(turn, turn.call.listener, RING)
    else:
        run(turn, turn.call.principal, "connecting", RING)


def replay(turn: Turn) -> None:
    """Play the current prompt again: after a lost connection nobody knows whether it was heard."""
    playing = turn.call.playing
    if playing is not None:
        run(turn, playing.leg, playing.name, *turn.call.script)


def notice_pending(turn: Turn) -> bool:
    """Whether the notice of recording is still to be heard; nothing is recorded before (PIPL articles 14 and 17)."""
    principal = turn.call.leg(turn.call.principal)
    if principal is None or (not principal.inbound and principal.joined_at is None):
        return True  # a callback whose caller is not on yet
    unanswered = principal.phase is LegPhase.RINGING
    playing = turn.call.playing
    names = {*turn.call.script, *([] if playing is None else [playing.name])}
    return unanswered or not names.isdisjoint(NOTICES)


def begin_recording(turn: Turn) -> None:
    """Record from now on everybody who is or comes on, if the line is recorded and the caller does not mind."""
    if consent.may_record(turn.call) and not turn.call.recording and turn.open:
        turn.set(recording=True)
        turn.note("recording_started")
    ensure_tracks(turn)


def ensure_tracks(turn: Turn, *, again: bool = False) -> None:
    """Begin the tracks that are missing: one for each leg in the bridge, and the mix; none while it is paused.

    One that keeps failing is begun anew only when it is time (``again``).
    """
    call = turn.call
    if not call.recording or call.paused_at is not None or call.phase in {Phase.CLOSING, Phase.ENDED}:
        return
    joined = [leg.id for leg in turn.call.legs if leg.phase is LegPhase.JOINED]
    apart = [leg.id for leg in turn.call.present() if leg.aside == "consult"]
    for leg_id in (*joined, *apart, *([""] if joined else [])):
        of_leg = [track for track in turn.call.tracks if track.leg == leg_id and not _gave_way(track)]
        if any(not track.failed for track in of_leg) or (not again and rerecording.must_wait(turn, of_leg)):
            continue
        name = f"{turn.call.id}-{len(turn.call.tracks) + 1}"
        turn.set(tracks=(*turn.call.tracks, TrackOf(name, leg_id, turn.now)))
        turn.do(Record(name, leg_id))


def _gave_way(track: TrackOf) -> bool:
    """Whether we stopped this segment, so that another may follow."""
    return track.paused and track.phase is TrackPhase.OVER and not track.failed


def recording_began(turn: Turn, event: RecordingBegan) -> None:
    """Keep when the first sample was taken: the finished tracks are aligned by it."""
    track = next((one for one in turn.call.tracks if one.name == event.name), None)
    if track is not None and track.phase is TrackPhase.ASKED:
        turn.call = turn.call.with_track(replace(track, phase=TrackPhase.RUNNING, began_at=event.at))
        rerecording.began(turn, track)


def recording_ended(turn: Turn, event: RecordingEnded) -> None:
    """Close the track; begin another if it failed, or was paused, while its leg goes on."""
    track = next((one for one in turn.call.tracks if one.name == event.name), None)
    if track is None or track.phase is TrackPhase.OVER:
        return
    began = track.began_at
    if began is None and event.done:
        began = event.at - event.duration_ms / 1000  # its beginning went unheard while no call server listened
    changed = replace(
        track,
        phase=TrackPhase.OVER,
        began_at=began,
        over_at=turn.now,
        duration_ms=event.duration_ms,
        failed=not event.done,
    )
    turn.call = turn.call.with_track(changed)
    if not event.done and turn.call.consent != consent.REFUSED:
        turn.note("recording_failed", track.leg)
    if track.paused or not event.done:
        ensure_tracks(turn)
    consent.discard(turn)
