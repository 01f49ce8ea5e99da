"""The one place that writes people, their roles and the journal (S22, S122).

Every verb is one transaction and leaves a journal entry. Entries form a chain: each carries the SHA-256 of the one
before it, so that a changed, inserted or removed entry shows in ``verify_journal``. What a chain cannot show is that
its newest entries are missing; note the newest hash elsewhere (``yuqiao manage verify_journal`` prints it).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import connection, models, transaction

from yuqiao.accounts.models import Department, JournalEntry, Person, Role, RoleGrant
from yuqiao.accounts.sessions import end_all_sessions
from yuqiao.lib.clock import now

#: What the first entry names as its predecessor.
GENESIS = "0" * 64
#: What is journaled of one act: its name, its subject, and the detail.
Act = tuple[str, models.Model, dict[str, Any]]
#: PostgreSQL's name for the lock on the end of the chain: any constant that nothing else in this database uses.
CHAIN_LOCK = 0x59_51_4A_4C


def record(
    actor: Person | None, action: str, subject: models.Model, detail: dict[str, Any] | None = None
) -> JournalEntry:
    """Append that ``actor`` (None: the system itself) did ``action`` to ``subject``, and return the entry.

    ``action`` is ``thing.verb``, as ``role.grant``. ``detail`` holds strings, whole numbers, booleans, None, lists and
    dicts of them; TypeError on anything else, because a float may come back from the database changed and break the
    chain. Writers in other processes wait until this transaction ends; call it last in a long one.
    """
    facts = {} if detail is None else detail
    _refuse_unstable(facts)
    with transaction.atomic():
        _lock_chain()
        entry = _entry(now(), actor, (action, subject, facts), _head())
        entry.save(force_insert=True)
    return entry


def record_all(actor: Person | None, acts: Iterable[Act]) -> int:
    """Append many acts of one person in their order, as `record` does each of them, and return how many.

    They have one time, and cost a few INSERTs in all: ten thousand rows of a table are entered within seconds.
    """
    with transaction.atomic():
        _lock_chain()
        previous, at, entries = _head(), now(), []
        for one in acts:
            _refuse_unstable(one[2])
            entries.append(_entry(at, actor, one, previous))
            previous = entries[-1].hash
        JournalEntry.objects.bulk_create(entries, batch_size=500)
    return len(entries)


def _head() -> str:
    return JournalEntry.objects.order_by("-id").values_list("hash", flat=True).first() or GENESIS


def _entry(at: dt.datetime, actor: Person | None, act: Act, previous: str) -> JournalEntry:
    action, subject, facts = act
    entry = JournalEntry(
        at=at,
        actor=actor,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        detail=facts,
        previous_hash=previous,
    )
    entry.hash = entry_hash(entry)
    return entry


def verify_journal() -> list[int]:
    """Return the ids of entries that do not fit the chain, in order: changed ones, and those behind a gap."""
    broken = []
    previous = GENESIS
    for entry in JournalEntry.objects.order_by("id").iterator(chunk_size=2000):
        if entry.previous_hash != previous or entry.hash != entry_hash(entry):
            broken.append(entry.pk)
        previous = entry.hash
    return broken


def entry_hash(entry: JournalEntry) -> str:
    """Return the SHA-256 (hexadecimal) of everything ``entry`` says, as canonical JSON in UTF-8."""
    said = {
        "at": entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "action": entry.action,
        "subject": [entry.subject_type, entry.subject_id],
        "detail": entry.detail,
        "previous": entry.previous_hash,
    }
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def create_person(
    username: str,
    *,
    by: Person | None,
    password: str | None = None,
    display_name: str = "",
    interface_language: str = "zh-hans",
    department: Department | None = None,
) -> Person:
    """Create a person who signs in as ``username``; without a password nobody can sign in as them yet.

    Raises ValidationError for a password the site's rules refuse, IntegrityError for a name that is taken.
    """
    person = Person(
        username=Person.normalize_username(username),
        display_name=display_name,
        interface_language=interface_language,
        department=department,
    )
    if password is None:
        person.set_unusable_password()
    else:
        validate_password(password, person)
        person.set_password(password)
    with transaction.atomic():
        person.save(force_insert=True)
        record(by, "person.create", person, {"username": person.username})
    return person


def grant_role(person: Person, role: Role, *, by: Person | None, line_number: str = "") -> RoleGrant:
    """Give ``person`` a role; doing it twice changes nothing. ``line_number`` is the partner line an agent answers."""
    with transaction.atomic():
        grant, created = RoleGrant.objects.get_or_create(person=person, role=role, line_number=line_number)
        if created:
            record(by, "role.grant", person, {"role": str(role), "line": line_number})
    return grant


def revoke_role(person: Person, role: Role, *, by: Person | None, line_number: str = "") -> bool:
    """Take a role away, and with it all sessions; return whether there was one to take."""
    with transaction.atomic():
        taken, _ = RoleGrant.objects.filter(person=person, role=role, line_number=line_number).delete()
        if taken:
            end_all_sessions(person)
            record(by, "role.revoke", person, {"role": str(role), "line": line_number})
    return bool(taken)


def choose_interface_language(person: Person, language: str) -> None:
    """Remember the language in which ``person`` reads the pages; a preference, so it leaves no journal entry."""
    Person.objects.filter(pk=person.pk).update(interface_language=language)
    person.interface_language = language


def roles_of(person: Person) -> frozenset[Role]:
    """Return the roles ``person`` holds now; none for somebody who was switched off."""
    if not person.is_active:
        return frozenset()
    return frozenset(Role(role) for role in person.grants.values_list("role", flat=True))


def _lock_chain() -> None:
    """Make other writers wait for the end of this transaction.

    SQLite: BEGIN IMMEDIATE (settings) holds the one write lock already. PostgreSQL: an advisory lock, because a row
    lock on the newest entry would wake up with that entry still in hand while a newer one is already committed.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def _refuse_unstable(value: object, path: str = "detail") -> None:
    """TypeError unless every database gives ``value`` back exactly as it took it."""
    match value:
        case None | bool() | int():
            return
        case str():
            if "\x00" in value:
                raise TypeError(f"{path} holds a NUL character, which PostgreSQL cannot keep")
            value.encode()
        case list():
            for index, item in enumerate(value):
                _refuse_unstable(item, f"{path}[{index}]")
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise TypeError(f"{path} has the key {key!r}; keys are strings")
                _refuse_unstable(key, f"{path} key")
                _refuse_unstable(item, f"{path}.{key}")
        case _:
            raise TypeError(f"{path} is a {type(value).__name__}; write it as a string")
