"""A call's history in words. Kinds of events that have no sentence here are shown by their plain name."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from yuqiao.hotline.models import Call, CallEvent
from yuqiao.web.console import during, line_words, overhearing, routing_words, words

#: One sentence for each kind. Names in braces are facts of the event; a missing one reads as a dash.
SENTENCES: words.Words = {
    "arrived": _("The call arrives on line {line}"),
    "requested": _("An agent of line {line} asked for it on her page; her telephone is rung"),
    "answered": _("Answered"),
    "language_known": _("The language is known at once: {language} ({by})"),
    "language_chosen": _("Language chosen: {language} ({by})"),
    "language_corrected": _("The language is corrected from {was} to {language}; another interpreter is sought"),
    "language_suggested": _("Speech engine {model} suggests {language}, confidence {confidence}; a person confirms"),
    "language_unsure": _("Speech engine {model} cannot tell the language, confidence {confidence}"),
    "line_not_valid": _("Line {line} is not in service today; the call is answered all the same"),
    "line_excludes": _("The line's calls must not be about: {excludes}"),
    "consent_refused": _("The caller does not agree to be recorded; what was recorded is thrown away ({who})"),
    "notice_played": _("The caller was told of the recording"),
    "notice_failed": _("The recording notice could not be played"),
    "recording_started": _("Recording starts"),
    "recording_failed": _("A recording failed"),
    "recording_lost": _("The recording cannot be written; it is tried again and again, and the call goes on without"),
    "recording_back": _("The recording is written again"),
    "recording_paused": _("The recording is paused for a sensitive part ({who})"),
    "recording_resumed": _("Recording goes on after {seconds} s ({who})"),
    "recording_pause_reminded": _("The recording is still paused: the interpreter was reminded"),
    "recording_not_paused": _("The recording has not stopped yet: it is told to once more"),
    "interpreter_requested": _("An interpreter is sought"),
    "interpreter_rung": _("Interpreter {number} is rung"),
    "interpreter_answered": _("The interpreter answers"),
    "briefed": _("The interpreter is told in private what the call is about"),
    "interpreter_joined": _("Interpreter {number} joins, {seconds} s after the call began"),
    "interpreter_refused": _("The interpreter does not take the call"),
    "interpreter_no_answer": _("The interpreter does not answer"),
    "interpreter_ringing": _("The interpreter's phone rings"),
    "interpreter_not_needed": _("Somebody else was faster: this phone is hung up"),
    "confirmation_asked": _("The phone is picked up; 1 must be pressed before anybody is heard"),
    "voicemail_suspected": _("Nobody pressed 1: taken for a voicemail and hung up"),
    "no_ringing_heard": _("The phone gives no sign of ringing: the next one is rung beside it"),
    "interpreter_preempted": _("The interpreter is called away to a more urgent call before answering"),
    "preempting": _("An interpreter whose phone rings for a less urgent call is called for"),
    "interpreter_unreachable": _("The interpreter cannot be reached"),
    "interpreter_left": _("The interpreter leaves"),
    "interpreter_lost": _("Interpreter {number} was lost; the others keep talking"),
    "replacement_requested": _("A replacement is sought at the head of the queue"),
    "waits_longer": _("An emergency of the city began: the caller may wait up to {seconds} s"),
    "waiting": _("All interpreters of this language are busy: waiting"),
    "nobody_free": _("No interpreter could be found; the caller is told so"),
    "agent_rung": _("The line's agent is rung"),
    "agent_answered": _("The agent answers"),
    "agent_joined": _("The agent joins"),
    "agent_left": _("The agent leaves"),
    "agent_unreachable": _("The agent cannot be reached"),
    "third_asked": _("Line {line} is to be added"),
    "third_rung": _("Line {line} is rung"),
    "third_unknown": _("There is no line {line} to add"),
    "third_answered": _("The third party answers"),
    "third_joined": _("The third party joins"),
    "third_left": _("The third party leaves"),
    "third_unreachable": _("The third party cannot be reached"),
    "drop_asked": _("A party is to be taken off the call"),
    "end_asked": _("Somebody asked to end the call"),
    "work_done": _("The interpreter says that the work is done"),
    "survey_asked": _("The caller is asked how the service was"),
    "rated": _("The caller rates the service {score} of 5"),
    "caller_left": _("The caller hangs up"),
    "callback_begun": _("A missed caller of line {line} is to be called back; an interpreter is rung first"),
    "scheduled_begun": _("A call that was arranged begins; an interpreter is rung first"),
    "outreach_begun": _("A person on a list is to be called; an interpreter is rung first"),
    "machine_heard": _("The interpreter hears a machine, not a person"),
    "no_more_calls": _("The person wants no more calls of lists: noted"),
    "interpreter_on": _("Interpreter {number} is on"),
    "caller_rung": _("The caller is rung"),
    "caller_answered": _("The caller picks up"),
    "caller_joined": _("The caller joins"),
    "caller_unreachable": _("The caller cannot be reached"),
    "caller_reached": _("The caller is called back: both hear each other"),
    "caller_not_reached": _("The caller does not pick up"),
    "caller_lost": _("The caller's line broke; the others stay"),
    "caller_rung_again": _("The lost caller is rung (attempt {attempt})"),
    "caller_not_reached_again": _("The lost caller does not pick up"),
    "caller_rang_in": _("The lost caller rings us meanwhile"),
    "caller_back": _("The caller is back in the call"),
    "agent_lost": _("The agent's line broke; the others keep talking"),
    "agent_rung_again": _("The lost agent is rung (attempt {attempt})"),
    "agent_not_reached_again": _("The lost agent does not pick up"),
    "agent_back": _("The agent is back in the call"),
    "recall_failed": _("The lost party was not reached; a callback is owed"),
    "engine_lost": _("A fault of our media server cut off {parties} parties; all are called back with an apology"),
    "rung_again": _("Rung again after our fault (attempt {attempt})"),
    "interpreter_back": _("Interpreter {number} is back in the call"),
    "interpreter_not_back": _("Interpreter {number} does not pick up again after our fault; another is sought"),
    "rebuilt": _("All talk again, {gap} s after the fault; the gap counts for nobody"),
    "held": _("Put on hold: hears the request to stay"),
    "resumed": _("Back from hold"),
    "hold_reminded": _("Still on hold: the others were reminded"),
    "held_too_long": _("Held too long: brought back by itself"),
    "consult_began": _("A private consultation begins"),
    "consult_ended": _("The consultation is over, all are together again"),
    "excluded": _("About {matter}, which the line excludes: the caller is told so, the call ends"),
    "reroute_asked": _("The floor has an interpreter sought anew"),
    "another_asked": _("Another interpreter is asked for: {wish}"),
    "handover_asked": _("The interpreter wants to hand over to a colleague"),
    "handed_over": _("Interpreter {number} takes over"),
    "handover_failed": _("No colleague could take over; the interpreter goes on"),
    "escalated": _("The floor manager is called in; an incident was opened"),
    "wish_refused": _("A wish by keys could not be carried out"),
    "muted": _("A party is muted: nobody hears it"),
    "unmuted": _("A muted party is heard again"),
    "announced": _("Announced: {sentence}"),
    "monitor_on": _("A supervisor is on the phone: {mode} ({purpose})"),
    "monitor_mode": _("The supervisor changes: {mode}"),
    "monitor_off": _("The supervisor listens no more"),
    "monitor_unreachable": _("The supervisor's phone was not answered"),
    "picture_asked": _("The caller's page asks for a picture beside the voice"),
    "picture_began": _("Caller and interpreter are joined by a picture"),
    "picture_ended": _("The picture ends after {lasted_s} s"),
    "picture_refused": _("The interpreter goes on without a picture"),
    "ended": _("The call is over: {outcome}"),
    "failed": _("The call was ended by a fault of ours"),
}

#: Kinds that tell of something going well or badly, and so are marked; and those worth a mark in the recording.
GOOD = frozenset(
    {
        "recording_back",
        "interpreter_back",
        "rebuilt",
        "caller_back",
        "agent_back",
        "handed_over",
        "interpreter_joined",
        "caller_reached",
        "agent_joined",
        "caller_joined",
        "third_joined",
    }
)
BAD = frozenset(
    {
        "excluded",
        "engine_lost",
        "interpreter_not_back",
        "agent_lost",
        "caller_lost",
        "escalated",
        "handover_failed",
        "held_too_long",
        "interpreter_lost",
        "recall_failed",
        "interpreter_unreachable",
        "interpreter_refused",
        "interpreter_no_answer",
        "voicemail_suspected",
        "no_ringing_heard",
        "interpreter_preempted",
        "nobody_free",
        "caller_not_reached",
        "machine_heard",
        "failed",
        "recording_failed",
        "recording_not_paused",
        "recording_lost",
        "notice_failed",
        "agent_unreachable",
        "caller_unreachable",
        "third_unreachable",
        "third_unknown",
        "line_not_valid",
    }
)
MARKED = (
    GOOD
    | BAD
    | {
        "held",
        "resumed",
        "consult_began",
        "consult_ended",
        "interpreter_left",
        "agent_left",
        "third_left",
        "third_asked",
        "recording_started",
        "recording_paused",
        "recording_resumed",
        "work_done",
        "language_corrected",
        "consent_refused",
    }
)

#: What another interpreter may be asked to be, in the order of the sentence.
WISHED = ("gender", "level", "domain")


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the history. ``second`` counts from the answer, as the recording does; None before it."""

    at: dt.datetime
    clock: str
    sentence: str
    role: str
    role_word: str
    level: str
    second: float | None
    marked: bool


def timeline(call: Call, events: Iterable[CallEvent]) -> list[Moment]:
    """Return the history of ``call`` in the active language."""
    return [_moment(call, event) for event in events]


def sentence(event: CallEvent) -> str:
    """Return one event in words."""
    pattern = SENTENCES.get(event.kind)
    return event.kind if pattern is None else str(pattern).format_map(_facts(event))


def _facts(event: CallEvent) -> defaultdict[str, str]:
    """Return what a sentence may name; ``data`` comes from another process, so nothing is taken for granted."""
    data = event.data if isinstance(event.data, dict) else {}
    facts = defaultdict(lambda: "–", {str(name): str(value) for name, value in data.items() if value not in ("", None)})
    for name in ("language", "was"):
        if name in facts:
            facts[name] = words.language_name(facts[name])
    if "by" in facts:
        facts["who"] = words.word(words.CONSENT_BY, facts["by"])
        facts["by"] = words.word(words.LANGUAGE_BY, facts["by"])
    if isinstance(data.get("excludes"), list):
        facts["excludes"] = " / ".join(words.word(line_words.EXCLUSIONS, str(one)) for one in data["excludes"])
    if "matter" in facts:
        facts["matter"] = words.word(line_words.EXCLUSIONS, facts["matter"])
    if event.kind == "another_asked":
        known = (routing_words.GENDERS, routing_words.LEVELS, routing_words.DOMAINS)
        asked = [(table, str(data.get(name, ""))) for table, name in zip(known, WISHED, strict=True)]
        facts["wish"] = " / ".join(words.word(table, code) for table, code in asked if code)
    if event.kind == "announced":
        facts["sentence"] = dict(during.announcements()).get(facts["prompt"], facts["prompt"])
    if event.kind.startswith("monitor_"):
        facts["mode"] = words.word(overhearing.MODES, facts["mode"])
        facts["purpose"] = words.word(overhearing.PURPOSE_WORDS, facts["purpose"])
    if "outcome" in facts:
        facts["outcome"] = words.word(words.OUTCOMES, facts["outcome"])
    waited = data.get("since_start_ms")
    if isinstance(waited, (int, float)):
        facts["seconds"] = f"{waited / 1000:.1f}"
    if isinstance(gap := data.get("gap_ms"), (int, float)):
        facts["gap"] = f"{gap / 1000:.1f}"
    return facts


def _moment(call: Call, event: CallEvent) -> Moment:
    role = event.leg.role if event.leg else ""
    second = words.seconds_between(call.answered_at, event.at)
    return Moment(
        at=event.at,
        clock=f"+{max(0.0, (event.at - call.started_at).total_seconds()):.1f}",
        sentence=sentence(event),
        role=role if role in words.PARTIES else "",
        role_word=words.word(words.PARTIES, role) if role else "",
        level="good" if event.kind in GOOD else "bad" if event.kind in BAD else "",
        second=second if second is not None and second >= 0 else None,
        marked=event.kind in MARKED,
    )
