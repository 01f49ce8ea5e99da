"""What people ask of running calls: each wish is a row and a line of the journal; the call server takes it up.

The kinds of wishes and what each becomes for the rules: `WISHES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline import events as desk
from yuqiao.hotline.announcements import ANNOUNCEMENTS
from yuqiao.hotline.models import Call, CallCommand
from yuqiao.hotline.monitor_phones import way_to
from yuqiao.hotline.monitors import MODES, PURPOSES
from yuqiao.hotline.routing_tables import DOMAINS
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib import clock
from yuqiao.workforce.models import Gender, Interpreter

#: From community interpreting to that of conferences.
LEVELS = (1, 2, 3)


class CommandError(ValueError):
    """A wish for a call makes no sense; the message says why."""


Arguments = dict[str, str]


def _add_party(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.AddPartyAsked(command, arguments.get("line", ""), arguments.get("contact", ""), at)


def _drop_leg(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.DropLegAsked(command, arguments.get("leg", ""), at)


def _end(command: int, _arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.EndAsked(command, at)


def _preempted(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.Preempted(command, arguments.get("request", ""), int(arguments.get("interpreter", "0")), at)


def _longer_wait(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.LongerWait(command, float(arguments.get("wait", "0")), at)


def _choose_language(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.LanguageAsked(command, arguments.get("language", ""), at)


def _refuse_recording(command: int, _arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.RefusalAsked(command, at)


def _pause_recording(command: int, _arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.PauseRecordingAsked(command, at)


def _resume_recording(command: int, _arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.ResumeRecordingAsked(command, at)


def _excluded(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.ExcludedAsked(command, arguments.get("matter", ""), at)


def _hold(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.HoldAsked(command, arguments.get("leg", ""), at)


def _resume(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.ResumeAsked(command, arguments.get("leg", ""), at)


def _consult(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.ConsultAsked(command, arguments.get("asker", ""), arguments.get("leg", ""), at)


def _merge(command: int, _arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.MergeAsked(command, at)


def _hand_over(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.HandOverAsked(command, arguments.get("asker", ""), at)


def _another(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    level = int(arguments.get("level", "1"))
    return desk.AnotherAsked(command, level, arguments.get("domain", ""), arguments.get("gender", ""), at)


def _reroute(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.RerouteAsked(command, int(arguments.get("interpreter", "0")), at)


def _escalate(command: int, _arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.EscalateAsked(command, at)


def _call_manager(command: int, _arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.CallManagerAsked(command, at)


def _announce(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.AnnounceAsked(command, arguments.get("prompt", ""), arguments.get("leg", ""), at)


def _mute(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.MuteAsked(command, arguments.get("leg", ""), muted=True, at=at)


def _unmute(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.MuteAsked(command, arguments.get("leg", ""), muted=False, at=at)


def _monitor(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.MonitorAsked(
        command,
        int(arguments.get("person", "0")),
        arguments.get("contact", ""),
        arguments.get("mode", ""),
        arguments.get("purpose", ""),
        arguments.get("confirm") == "yes",
        arguments.get("announced") == "yes",
        at,
    )


def _monitor_end(command: int, arguments: Arguments, at: float) -> desk.DeskEvent:
    return desk.MonitorEndAsked(command, int(arguments.get("person", "0")), at)


#: Kind of a command -> what it tells the call.
WISHES: dict[str, Callable[[int, Arguments, float], desk.DeskEvent]] = {
    "add_party": _add_party,
    "drop_leg": _drop_leg,
    "end": _end,
    "preempted": _preempted,  # written by `hotline.calling_away`, not by a person
    "longer_wait": _longer_wait,  # written by `hotline.emergencies`
    "choose_language": _choose_language,
    "refuse_recording": _refuse_recording,
    "pause_recording": _pause_recording,
    "resume_recording": _resume_recording,
    "excluded": _excluded,
    "hold": _hold,
    "resume": _resume,
    "consult": _consult,
    "merge": _merge,
    "hand_over": _hand_over,
    "another": _another,
    "reroute": _reroute,
    "escalate": _escalate,
    "call_manager": _call_manager,
    "announce": _announce,
    "mute": _mute,
    "unmute": _unmute,
    "monitor": _monitor,
    "monitor_end": _monitor_end,
}


def event_of(command: CallCommand, at: float) -> desk.DeskEvent | None:
    """Return what a command tells its call at ``at`` (UNIX seconds); None for a kind nobody knows."""
    make = WISHES.get(command.kind)
    return None if make is None else make(command.pk, {k: str(v) for k, v in command.arguments.items()}, at)


def ask_add_party(call: Call, target: str, *, by: Person | None) -> CallCommand:
    """Ask to add a line by its number, or anybody by SIP URI; the call server takes it up within 0.2 s."""
    target = target.strip()
    if not target:
        raise CommandError("name a line's number or a SIP URI")
    if target.startswith(("sip:", "sips:")):
        # A contact may be somebody's own number: the journal keeps only that there was one.
        return _ask(call, "add_party", {"contact": target}, by, {"contact": True})
    return _ask(call, "add_party", {"line": target}, by, {"line": target})


def ask_drop_leg(call: Call, leg_id: str, *, by: Person | None) -> CallCommand:
    """Ask to take one party off the call."""
    return _ask(call, "drop_leg", {"leg": leg_id}, by, {"leg": leg_id})


def ask_end(call: Call, *, by: Person | None) -> CallCommand:
    """Ask to end the call; its caller hears goodbye first."""
    return _ask(call, "end", {}, by, {})


def ask_language(call: Call, language: str, *, by: Person | None) -> CallCommand:
    """Say which language the caller speaks: chosen for the caller, confirmed, or corrected while the call goes on."""
    if language not in FOREIGN:
        raise CommandError("name a foreign service language")
    return _ask(call, "choose_language", {"language": language}, by, {"language": language})


def ask_no_recording(call: Call, *, by: Person | None) -> CallCommand:
    """Say that the caller does not want to be recorded: recording stops, and what there is is thrown away."""
    return _ask(call, "refuse_recording", {}, by, {})


def ask_another(call: Call, *, level: int = 1, domain: str = "", gender: str = "", by: Person | None) -> CallCommand:
    """Ask for another interpreter: of at least ``level`` (1 to 3), a ``domain``, a ``gender``; empty: any.

    CommandError when nothing is wished, or something that nobody knows.
    """
    if level not in LEVELS or domain not in ("", *DOMAINS) or gender not in ("", *Gender.values):
        raise CommandError("there is no such level, domain or gender")
    asked: Arguments = {"level": str(level)} if level > 1 else {}
    asked |= {name: value for name, value in (("domain", domain), ("gender", gender)) if value}
    if not asked:
        raise CommandError("name a level, a domain or a gender")
    return _ask(call, "another", dict(asked), by, dict(asked))


def ask_reroute(call: Call, interpreter: Interpreter | None, *, by: Person) -> CallCommand:
    """Ask to seek anew for a call that waits, offered to ``interpreter`` first."""
    arguments = {} if interpreter is None else {"interpreter": interpreter.pk}
    return _ask(call, "reroute", arguments, by, {} if interpreter is None else {"number": interpreter.number})


def ask_excluded(call: Call, matter: str, *, by: Person | None) -> CallCommand:
    """Say that the call is about what its line excludes: it is refused, with a reason that the caller hears."""
    if call.line is None or matter not in call.line.excludes:
        raise CommandError("this line does not exclude it")
    return _ask(call, "excluded", {"matter": matter}, by, {"matter": matter})


#: Wishes that only move parties within the call, or let its recording stand still: kind -> the arguments it takes, each
#: the id of a leg.
STEERING: dict[str, tuple[str, ...]] = {
    "hold": ("leg",),
    "resume": ("leg",),
    "mute": ("leg",),
    "unmute": ("leg",),
    "consult": ("asker", "leg"),
    "merge": (),
    "hand_over": ("asker",),
    "escalate": (),
    "pause_recording": (),
    "resume_recording": (),
}


def ask_steer(call: Call, kind: str, *, by: Person | None, **legs: str) -> CallCommand:
    """Ask for one of `STEERING`; CommandError for another kind, or for arguments it does not take."""
    if kind not in STEERING or not set(legs) <= set(STEERING[kind]):
        raise CommandError("there is no such wish")
    return _ask(call, kind, dict(legs), by, dict(legs))


def ask_announce(call: Call, prompt: str, leg_id: str = "", *, by: Person | None) -> CallCommand:
    """Ask to have one of `ANNOUNCEMENTS` said to one party, or to all; CommandError for anything else."""
    if prompt not in ANNOUNCEMENTS:
        raise CommandError("there is no such announcement")
    arguments = {"prompt": prompt} | ({"leg": leg_id} if leg_id else {})
    return _ask(call, "announce", dict(arguments), by, dict(arguments))


def ask_monitor(call: Call, mode: str, purpose: str, *, phone: str, by: Person) -> CallCommand:
    """Ask to listen to a running call, to whisper or to join in, on one's own ``phone``; or for another of these.

    CommandError for a mode or purpose that does not exist; `monitor_phones.PhoneError` when nobody can be rung there.
    """
    if mode not in MODES or purpose not in PURPOSES:
        raise CommandError("there is no such mode or purpose")
    contact, confirm = way_to(phone)
    arguments = {"person": by.pk, "contact": contact, "mode": mode, "purpose": purpose}
    arguments |= {"confirm": "yes"} if confirm else {}
    arguments |= {"announced": "yes"} if settings.BARGE_ANNOUNCED else {}
    return _ask(call, "monitor", arguments, by, {"mode": mode, "purpose": purpose})


def ask_monitor_end(call: Call, *, by: Person) -> CallCommand:
    """Ask to listen no more."""
    return _ask(call, "monitor_end", {"person": by.pk}, by, {})


def _ask(call: Call, kind: str, arguments: dict[str, Any], by: Person | None, journaled: dict[str, Any]) -> CallCommand:
    with transaction.atomic():
        if not Call.objects.filter(pk=call.pk, ended_at=None).exists():
            raise CommandError("the call is over")
        command = CallCommand.objects.create(
            call=call, kind=kind, arguments=arguments, asked_by=by, created_at=clock.now()
        )
        record(by, f"call.{kind}", call, journaled)
        return command


def take_commands(holder: str) -> list[CallCommand]:
    """Take the commands nobody took; each by one conditional UPDATE, so that no two servers carry out one."""
    taken = []
    for command in CallCommand.objects.filter(taken_by="").order_by("id")[:50]:
        if CallCommand.objects.filter(pk=command.pk, taken_by="").update(taken_by=holder):
            taken.append(command)
    return taken


def refuse_command(command_id: int, why: str) -> None:
    """Close a command that no call can carry out."""
    CallCommand.objects.filter(pk=command_id, done_at=None).update(done_at=clock.now(), error=why[:200])


def return_commands(holder: str, pending: Iterable[int]) -> int:
    """Give back what a dead call server took and never did, except ``pending`` ones that its calls still carry."""
    lost = CallCommand.objects.filter(done_at=None).exclude(taken_by="").exclude(taken_by=holder)
    return lost.exclude(pk__in=list(pending)).update(taken_by="")
