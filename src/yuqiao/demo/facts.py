"""What the platform wrote about the demonstration's calls, joined with what the parties lived through."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from yuqiao.demo import tape
from yuqiao.demo.cast import PERSONAS
from yuqiao.demo.director import Played
from yuqiao.demo.hearing import Ear, Interval
from yuqiao.demo.party import SESSIONS
from yuqiao.demo.phone import Session
from yuqiao.hotline.models import Call, Callback, Leg, Recording
from yuqiao.lib.g711 import Samples

#: A leg's row is written, and the phone rings, within this many seconds of each other.
SAME_MOMENT: Final = 2.5
#: Who was not needed is off again this many seconds after picking up.
LET_GO_WITHIN: Final = 1.0
_USER: Final = re.compile(r"sips?:([^@;>]+)@")


@dataclass(frozen=True, slots=True)
class Presence:
    """One leg as its party saw it: who was on it, from when to when (UNIX seconds), what each of them heard, and what
    they said together: ``voice`` in a loop from ``said_at`` on."""

    user: str
    parties: tuple[str, ...]
    began_at: float
    answered_at: float
    ended_at: float
    ears: Mapping[str, Ear]
    voice: Samples
    said_at: float

    @property
    def interval(self) -> Interval:
        """When it was on the call."""
        return self.answered_at, self.ended_at


@dataclass(slots=True)
class CallFacts:
    """One call of the plan: its row, its legs' parties by leg id, its finished recordings, its open callbacks.

    ``not_needed``: legs that the platform let go since another interpreter had picked up first.
    """

    played: Played
    call: Call
    on_leg: dict[str, Presence] = field(default_factory=dict)
    recordings: list[Recording] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    not_needed: frozenset[str] = frozenset()

    @property
    def presences(self) -> list[Presence]:
        """Everybody who was on the call, the caller first."""
        return [one for leg, one in self.on_leg.items() if one.answered_at and not self._came_second(leg, one)]

    @property
    def too_late(self) -> list[Presence]:
        """Interpreters who picked up in the same moment as another, and were let go at once."""
        return [one for leg, one in self.on_leg.items() if one.answered_at and self._came_second(leg, one)]

    def _came_second(self, leg: str, one: Presence) -> bool:
        return leg in self.not_needed and one.ended_at - one.answered_at < LET_GO_WITHIN


def of_session(session: Session, voices: Mapping[str, Samples]) -> Presence:
    """Return a party's leg with what was heard on it; people beside each other also hear each other."""
    heard = tape.received(session.number, session.rtp.tape.frames)
    if len(session.parties) == 1:
        ears = {session.parties[0]: Ear(session.parties[0], heard.began_at, heard.samples)}
    else:
        own = {party: voices[party] for party in session.parties}
        ears = tape.ears_beside_each_other(heard, session.rtp.sent, own)
    user = session.number if session.number in PERSONAS else ""
    times = (session.began_at, session.answered_at, session.ended_at)
    said = tape.beside_each_other(voices[party] for party in session.parties)
    return Presence(user, session.parties, *times, ears, said, session.rtp.began_at)


def of_folder(user: str, folder: Path, voice: Samples) -> list[Presence]:
    """Return the legs of a phone that was a process of its own. One that was killed ends with its last frame."""
    lines = (folder / SESSIONS).read_text(encoding="utf-8").splitlines() if (folder / SESSIONS).is_file() else []
    latest: dict[int, dict[str, float]] = {}
    for line in lines:
        told = json.loads(line)
        latest[told["index"]] = told
    found = []
    for index, told in latest.items():
        frames = tape.read(folder / f"{index}.tape").frames
        ended = told["ended_at"] or max((frame.at for frame in frames), default=told["answered_at"])
        times = (told["began_at"], told["answered_at"], ended)
        found.append(Presence(user, (user,), *times, {user: tape.received(user, frames)}, voice, told["sent_at"]))
    return found


def gather(played: Sequence[Played], callees: Iterable[Presence], voices: Mapping[str, Samples]) -> list[CallFacts]:
    """Return the facts of every call that reached the platform's database; ``callees`` are all legs that were rung."""
    waiting = [one for one in callees if one.user]
    found = []
    for one in played:
        number = PERSONAS[one.plan.caller].number
        call = Call.objects.select_related("line").filter(caller_number=number).order_by("-started_at").first()
        if call is None or one.session is None:
            continue
        facts = CallFacts(one, call)
        for leg in call.legs.order_by("created_at"):
            _match(facts, leg, waiting, voices)
        kinds = (Recording.Kind.TRACK, Recording.Kind.MIX)
        facts.recordings = list(call.recordings.filter(kind__in=kinds).select_related("leg").order_by("path"))
        facts.not_needed = frozenset(
            call.events.filter(kind="interpreter_not_needed", leg__isnull=False).values_list("leg_id", flat=True)
        )
        facts.callbacks = list(call.callbacks.filter(done_at=None))
        found.append(facts)
    return found


def _match(facts: CallFacts, leg: Leg, waiting: list[Presence], voices: Mapping[str, Samples]) -> None:
    """Find whose phone this leg reached: the user in its contact, rung at the same moment."""
    if leg.inbound and facts.played.session is not None:
        facts.on_leg[leg.id] = of_session(facts.played.session, voices)
        return
    user = _USER.search(leg.endpoint)
    created = leg.created_at.timestamp()
    rung = [one for one in waiting if user and one.user == user[1] and abs(one.began_at - created) < SAME_MOMENT]
    if not rung:
        if leg.answered_at is not None:
            facts.unmatched.append(leg.label or leg.role)
        return
    nearest = min(rung, key=lambda one: abs(one.began_at - created))
    waiting.remove(nearest)
    facts.on_leg[leg.id] = nearest
