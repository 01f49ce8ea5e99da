"""Interpreters as a table: whose seat it is, what is spoken there, how it is rung (S26–S28, S49).

Seats are entered and changed here, all or none, each change in the journal; profiles are judged by `profiles`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import Act, record_all
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib import clock as time
from yuqiao.lib.tables import Column, Fault, Kind, TableError, clock, difference, fault, listed, minute, named, parts
from yuqiao.workforce.models import Gender, Interpreter, InterpreterLanguage, Post
from yuqiao.workforce.profiles import LISTS, PRIVATE, Profile, ProfileError, checked, kept, profile_of

LEVELS: Final = ("1", "2", "3")
HIDDEN: Final = PRIVATE | {"contact"}
PROFILE: Final = tuple(one.name for one in fields(Profile))
OWN: Final = ("username", "contact", "languages")
#: As `hotline` names the domains that routing asks for.
DOMAIN_NAMES: Final = {"medical": "医疗", "police": "警务", "legal": "法律", "rescue": "消防救援"}


@dataclass(frozen=True, slots=True)
class Seat:
    """An interpreter as a table has her; ``languages``: codes with levels (``en:3``), minutes of the day at home."""

    number: str
    username: str
    contact: str = ""
    tier: str = Post.RESIDENT.value
    languages: tuple[str, ...] = ()
    gender: str = ""
    domains: tuple[str, ...] = ()
    only_lines: tuple[str, ...] = ()
    barred_lines: tuple[str, ...] = ()
    mobile: str = ""
    mobile_days: str = ""
    mobile_begins: int = 0
    mobile_ends: int = 0

    @property
    def profile(self) -> Profile:
        """What routing goes by besides the languages."""
        return Profile(**{name: getattr(self, name) for name in PROFILE})

    @property
    def held(self) -> list[tuple[str, str]]:
        """The languages as codes and levels."""
        return [(code, level) for code, _colon, level in (said.partition(":") for said in self.languages)]


def _languages_read(text: str) -> tuple[str, ...]:
    """Read ``en:3,ja``; a language without a level is held at the least one."""
    split = (part.replace("：", ":").partition(":") for part in parts(text))
    return tuple(sorted(f"{code.strip()}:{level.strip() or LEVELS[0]}" for code, _colon, level in split))


SEATS: Final[Kind[Seat]] = Kind(
    "译员",
    (
        Column("工号", "number"),
        Column("用户名", "username"),
        Column("呼叫地址", "contact"),
        Column("岗位", "tier", *named({post.value: post.label for post in Post})),
        Column("语种与等级", "languages", ",".join, _languages_read),
        Column("性别", "gender", *named({one.value: one.label for one in Gender})),
        Column("专业领域", "domains", *listed(DOMAIN_NAMES)),
        Column("仅限线路", "only_lines", ",".join, parts),
        Column("排除线路", "barred_lines", ",".join, parts),
        Column("本人手机", "mobile"),
        Column("居家值守日", "mobile_days"),
        Column("居家起", "mobile_begins", clock, minute),
        Column("居家止", "mobile_ends", clock, minute),
    ),
    Seat,
    ("number",),
)


def seats(rows: QuerySet[Interpreter]) -> list[Seat]:
    """Return interpreters as a table has them, by number; two queries."""
    return [_seat(row) for row in rows.select_related("person").prefetch_related("languages").order_by("number")]


def _seat(row: Interpreter) -> Seat:
    profile = profile_of(row)
    held = tuple(sorted(f"{one.language}:{one.level}" for one in row.languages.all()))
    plain = {name: getattr(profile, name) for name in PROFILE}
    return Seat(row.number, row.person.username, row.contact, languages=held, **plain)


def check_seats(wanted: Sequence[Seat], domains: Collection[str] = tuple(DOMAIN_NAMES)) -> dict[int, list[Fault]]:
    """Return the faults of each of ``wanted``, by place. Each person has one seat, which stays hers."""
    owners = {name: number for number, name in Interpreter.objects.values_list("number", "person__username")}
    kept_by = {number: name for name, number in owners.items()}
    for one in wanted:
        owners.setdefault(one.username, one.number)
    people = set(
        Person.objects.filter(username__in={one.username for one in wanted}).values_list("username", flat=True)
    )
    found = {
        place: list(_faults(one, owners, people, domains)) + _moved(one, kept_by) for place, one in enumerate(wanted)
    }
    return {place: faults for place, faults in found.items() if faults}


def _moved(seat: Seat, kept_by: Mapping[str, str]) -> list[Fault]:
    owner = kept_by.get(seat.number, seat.username)
    return [] if owner == seat.username else [fault("username", "seat_stays", text=owner)]


def _faults(seat: Seat, owners: Mapping[str, str], people: set[str], domains: Collection[str]) -> Iterator[Fault]:
    if not seat.number or len(seat.number) > 16:
        yield fault("number", "too_long" if seat.number else "missing", most="16")
    if seat.username not in people:
        yield fault("username", "unknown_person", text=seat.username)
    elif owners.get(seat.username, seat.number) != seat.number:
        yield fault("username", "seat_taken", text=owners[seat.username])
    if not seat.contact.startswith(("sip:", "sips:")) or len(seat.contact) > 200:
        yield fault("contact", "not_sip")
    codes = [code for code, _level in seat.held]
    for code, level in seat.held:
        if code not in FOREIGN:
            yield fault("languages", "unknown_language", text=code)
        elif codes.count(code) > 1:
            yield fault("languages", "twice", text=code)
        elif level not in LEVELS:
            yield fault("languages", "not_a_level", text=f"{code}:{level}")
    for code in seat.domains:
        if code not in domains:
            yield fault("domains", "unknown_domain", text=code)
    try:
        checked(seat.profile)
    except ProfileError as error:
        yield fault(error.field, f"profile_{error.field}")


def save_seats(wanted: Sequence[Seat], *, by: Person | None) -> int:
    """Enter or change interpreters, all or none; return how many differ from before. TableError says what is wrong."""
    with transaction.atomic():
        if wrong := check_seats(wanted):
            raise TableError(wrong)
        rows = {row.number: row for row in Interpreter.objects.select_for_update(no_key=True)}
        before = {one.number: one for one in seats(Interpreter.objects.all())}
        changed = [one for one in wanted if before.get(one.number) != one]
        people = dict(Person.objects.values_list("username", "pk"))
        for one in changed:
            rows.setdefault(one.number, Interpreter(number=one.number, state_since=time.now()))
            _fill(rows[one.number], one, people[one.username])
        columns = ("person", "contact", *PROFILE)
        # Only these columns: what calls say of her meanwhile stays.
        for one in changed:
            if one.number in before:
                rows[one.number].save(update_fields=columns)
            else:
                rows[one.number].save(force_insert=True)
            _speak(rows[one.number], one, before.get(one.number))
        record_all(by, (act for one in changed for act in _acts(before.get(one.number), one, rows[one.number])))
    return len(changed)


def _fill(row: Interpreter, seat: Seat, person: int) -> None:
    row.person_id, row.contact = person, seat.contact
    for name in PROFILE:
        value = getattr(seat, name)
        setattr(row, name, kept(value) if name in LISTS else value)


def _speak(row: Interpreter, seat: Seat, old: Seat | None) -> None:
    """Let her hold exactly these languages."""
    held, wanted = dict(old.held) if old else {}, dict(seat.held)
    gone = set(held) - set(wanted)
    if gone:
        InterpreterLanguage.objects.filter(interpreter=row, language__in=gone).delete()
    for language, level in wanted.items():
        if held.get(language) != level:
            InterpreterLanguage.objects.update_or_create(
                interpreter=row, language=language, defaults={"level": int(level)}
            )


def _acts(old: Seat | None, new: Seat, row: Interpreter) -> Iterator[Act]:
    """Yield the seat's own changes, and those of the profile as its page journals them."""
    own = difference(old, new, OWN, HIDDEN)
    if old is None:
        yield "interpreter.add", row, {"number": new.number, **own}
    elif own:
        yield "interpreter.change", row, {"number": new.number, **own}
    profile = difference(old.profile if old else Profile(), new.profile, PROFILE, HIDDEN)
    if profile:
        yield "workforce.profile", row, {"number": new.number, **profile}
