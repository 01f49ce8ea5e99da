"""What may be asked of a running call by who steers it: hold, consult, hand over, call the floor manager in.

Read from the call's snapshot, so that page and call server see the same; carried out by `commands.ask`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from yuqiao.accounts.models import Person
from yuqiao.hotline.announcements import ANNOUNCEMENTS
from yuqiao.hotline.models import Call
from yuqiao.hotline.prompts import PROMPTS
from yuqiao.hotline.wishes import STEERING
from yuqiao.lib.sources import source_of
from yuqiao.web.console import words

#: Where a party is while it is apart from the others.
APART: words.Words = {
    "hold": _("On hold"),
    "wait": _("Waits for the end of a consultation"),
    "consult": _("In a private consultation"),
}
#: What is asked -> its name on the button.
ASKS: words.Words = {
    "hold": _("Hold"),
    "resume": _("Bring back"),
    "consult": _("Consult apart"),
    "mute": _("Mute the party"),
    "unmute": _("Let the party be heard"),
    "merge": _("All together again"),
    "hand_over": _("Hand over to a colleague"),
    "escalate": _("Call the floor manager"),
    "pause_recording": _("Pause recording for a sensitive part"),
    "resume_recording": _("Record again"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One party on the line and where it is; what may be asked of it now (codes of `ASKS`). ``source``: the number by
    which what a browser hears of it is named."""

    leg: str
    source: int
    role: str
    role_word: str
    name: str
    apart: str
    apart_word: str
    muted: bool
    asks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Controls:
    """Everything that can be asked now. ``recalling``: the caller is being rung again.

    ``recorded``: the call is, or will be; ``paused_since`` (epoch milliseconds): it is not at the moment.
    """

    places: list[Place]
    consulting: bool
    handing_over: bool
    recalling: bool
    manager_on: bool
    interpreted: bool
    own_leg: str
    recorded: bool
    paused_since: int | None


def controls(call: Call, person: Person) -> Controls:
    """Return what ``person`` may ask of the running ``call`` at this moment."""
    legs = [leg for leg in _list(call.snapshot.get("legs")) if leg.get("phase") in {"up", "joined"}]
    rows = {leg.pk: leg for leg in call.legs.all()}
    consulting = any(leg.get("aside") == "consult" for leg in legs)
    together = [leg for leg in legs if leg.get("phase") == "joined"]
    interpreted = any(leg.get("role") == "interpreter" for leg in together)
    principal = call.snapshot.get("principal")
    places = []
    for leg in legs:
        row = rows.get(str(leg.get("id")))
        if row is None:
            continue
        may_consult = interpreted and not consulting and leg.get("role") != "interpreter" and row.pk != principal
        places.append(
            Place(
                leg=row.pk,
                source=source_of(row.pk),
                role=row.role if row.role in words.PARTIES else "third",
                role_word=words.word(words.PARTIES, row.role),
                name=words.party_name(row, call.way_in),
                apart=str(leg.get("aside") or ""),
                apart_word=words.word(APART, str(leg.get("aside") or "")),
                muted=bool(leg.get("muted")),
                asks=_asks(leg, len(together), may_consult=may_consult),
            )
        )
    own = next((leg for leg in rows.values() if leg.interpreter_id and leg.ended_at is None and _is(leg, person)), None)
    return Controls(
        places=places,
        consulting=consulting,
        handing_over=bool(call.snapshot.get("handover")),
        recalling=bool(call.snapshot.get("recalling")),
        manager_on=any(leg.get("label") == "值班主管" for leg in legs),
        interpreted=interpreted,
        own_leg="" if own is None else own.pk,
        recorded=bool(call.snapshot.get("record")),
        paused_since=_milliseconds(call.snapshot.get("paused_at")),
    )


def _is(leg: Any, person: Person) -> bool:
    return bool(leg.interpreter is not None and leg.interpreter.person_id == person.pk)


def _milliseconds(seconds: object) -> int | None:
    return round(seconds * 1000) if isinstance(seconds, (int, float)) else None


def _list(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _asks(leg: dict[str, Any], together: int, *, may_consult: bool) -> tuple[tuple[str, str], ...]:
    if leg.get("aside") == "hold":
        codes = ["resume"]
    elif leg.get("aside") or leg.get("phase") != "joined" or together < 2:
        codes = []
    else:
        codes = ["hold", "consult"] if may_consult else ["hold"]
        codes = [] if leg.get("role") == "interpreter" else codes  # without her the others understand nobody
    codes += ["unmute" if leg.get("muted") else "mute"]
    return tuple((code, words.word(ASKS, code)) for code in codes)


def announcements() -> list[tuple[str, str]]:
    """Return what may be announced: code and sentence, as the reader would hear it."""
    language = "zh" if words.reads_chinese() else "en"
    return [(code, PROMPTS[code][language]) for code in ANNOUNCEMENTS]


def arguments(asked: str, form: dict[str, str], call: Call) -> dict[str, str] | None:
    """Return the legs that a wish of `STEERING` names; None when one of them is not on this call."""
    named = {name: form[name] for name in STEERING[asked] if form.get(name)}
    known = set(call.legs.filter(ended_at=None).values_list("pk", flat=True))
    return named if set(named.values()) <= known else None
