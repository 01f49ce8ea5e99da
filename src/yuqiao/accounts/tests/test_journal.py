"""The journal: a chain nobody can rewrite, whoever writes at the same time."""

from __future__ import annotations

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yuqiao.accounts import services
from yuqiao.accounts.models import JournalEntry, JournalIsFinalError, Person
from yuqiao.accounts.services import GENESIS, record, verify_journal

pytestmark = pytest.mark.database

STABLE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.text(st.characters(exclude_characters="\x00", codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc语", max_size=4), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def alice(db: None) -> Person:
    return Person.objects.create(username="alice")


def rewrite(sql: str, *parameters: str | int) -> None:
    """Change rows behind the application's back, as somebody with the database's own password might."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def without_guard(sql: str, *parameters: str | int) -> None:
    """The same, by somebody who first drops the triggers."""
    drops = {
        "sqlite": ["DROP TRIGGER journal_no_update", "DROP TRIGGER journal_no_delete"],
        "postgresql": ["DROP TRIGGER journal_no_change ON accounts_journalentry"],
    }
    for drop in drops[connection.vendor]:
        rewrite(drop)
    rewrite(sql, *parameters)


def test_entries_are_chained_and_fit(alice: Person) -> None:
    first = record(alice, "line.open", alice, {"number": "12345", "steps": [1, None, True]})
    second = record(None, "line.close", alice)
    assert first.previous_hash == GENESIS
    assert second.previous_hash == first.hash
    assert second.actor is None
    assert verify_journal() == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(detail=st.dictionaries(st.text("abc语", max_size=4), STABLE, max_size=3))
def test_whatever_detail_is_accepted_comes_back_fitting(alice: Person, detail: dict[str, object]) -> None:
    record(alice, "thing.do", alice, detail)
    assert verify_journal() == []


@pytest.mark.parametrize("unstable", [1.5, b"x", {1: "a"}, "a\x00b", object(), {"deep": [float("nan")]}])
def test_unstable_details_are_refused_by_name(alice: Person, unstable: object) -> None:
    with pytest.raises(TypeError, match="detail"):
        record(alice, "thing.do", alice, {"value": unstable})
    assert not JournalEntry.objects.exists()


def test_a_changed_entry_shows(alice: Person) -> None:
    entries = [record(alice, "thing.do", alice, {"n": n}) for n in range(4)]
    without_guard("UPDATE accounts_journalentry SET action = 'thing.undo' WHERE id = %s", entries[1].pk)
    assert verify_journal() == [entries[1].pk]


def test_a_removed_entry_shows_at_the_next(alice: Person) -> None:
    entries = [record(alice, "thing.do", alice, {"n": n}) for n in range(4)]
    without_guard("DELETE FROM accounts_journalentry WHERE id = %s", entries[1].pk)
    assert verify_journal() == [entries[2].pk]
    with pytest.raises(CommandError, match=str(entries[2].pk)):
        call_command("verify_journal")


@pytest.mark.parametrize("sql", ["UPDATE accounts_journalentry SET action = 'x'", "DELETE FROM accounts_journalentry"])
def test_the_database_refuses_change_and_deletion(alice: Person, sql: str) -> None:
    record(alice, "thing.do", alice)
    with pytest.raises(DatabaseError, match="journal entries are never"), transaction.atomic():
        rewrite(sql)
    assert verify_journal() == []


def test_the_rows_refuse_change_and_deletion(alice: Person) -> None:
    entry = record(alice, "thing.do", alice)
    for change in (entry.save, entry.delete, JournalEntry.objects.all().delete):
        with pytest.raises(JournalIsFinalError):
            change()
    with pytest.raises(JournalIsFinalError):
        JournalEntry.objects.update(action="x")


def test_a_rolled_back_act_leaves_no_entry(alice: Person) -> None:
    with transaction.atomic():
        record(alice, "thing.do", alice)
        transaction.set_rollback(True)
    assert not JournalEntry.objects.exists()
    assert verify_journal() == []


def append(barrier: threading.Barrier, times: int) -> None:
    """Write ``times`` entries from a connection of one's own."""
    try:
        alice = Person.objects.get(username="alice")
        barrier.wait(timeout=20)
        for n in range(times):
            record(alice, "thing.do", alice, {"n": n})
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_keep_one_chain() -> None:
    Person.objects.create(username="alice")
    barrier = threading.Barrier(4)
    writers = [threading.Thread(target=append, args=(barrier, 15)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)
    assert JournalEntry.objects.count() == 60
    assert verify_journal() == []


def test_entry_hash_covers_every_field(alice: Person) -> None:
    entry = record(alice, "thing.do", alice, {"n": 1})
    seen = {services.entry_hash(entry)}
    for field, other in [
        ("action", "x"),
        ("actor_id", None),
        ("subject_id", "9"),
        ("subject_type", "x.y"),
        ("detail", {"n": 2}),
        ("previous_hash", "1" * 64),
    ]:
        kept = getattr(entry, field)
        setattr(entry, field, other)
        seen.add(services.entry_hash(entry))
        setattr(entry, field, kept)
    assert len(seen) == 7
