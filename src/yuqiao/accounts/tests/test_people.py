"""People and their roles: each change is journaled, and nobody has a password they were not given."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from yuqiao.accounts.models import JournalEntry, Person, Role
from yuqiao.accounts.services import create_person, grant_role, revoke_role, roles_of, verify_journal

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def actions() -> list[str]:
    return list(JournalEntry.objects.values_list("action", flat=True))


def test_a_person_without_a_password_cannot_sign_in() -> None:
    alice = create_person("alice", by=None)
    assert not alice.has_usable_password()
    assert actions() == ["person.create"]


@pytest.mark.parametrize("weak", ["", "123456789012", "password12", "short", "bob-at-the-desk"])
def test_weak_passwords_are_refused(weak: str) -> None:
    with pytest.raises(ValidationError):
        create_person("bob-at-the-desk", by=None, password=weak)
    assert not Person.objects.exists()
    assert actions() == []


def test_a_taken_name_leaves_nothing_behind() -> None:
    create_person("alice", by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        create_person("alice", by=None)
    assert actions() == ["person.create"]


def test_roles_come_and_go_with_entries() -> None:
    root = create_person("root", by=None)
    alice = create_person("alice", by=root)
    grant_role(alice, Role.AGENT, by=root, line_number="12345")
    grant_role(alice, Role.AGENT, by=root, line_number="12345")
    grant_role(alice, Role.AUDITOR, by=root)
    assert roles_of(alice) == {Role.AGENT, Role.AUDITOR}
    assert revoke_role(alice, Role.AUDITOR, by=root)
    assert not revoke_role(alice, Role.AUDITOR, by=root)
    assert roles_of(alice) == {Role.AGENT}
    assert actions() == ["person.create"] * 2 + ["role.grant"] * 2 + ["role.revoke"]
    assert JournalEntry.objects.latest("id").actor == root
    assert verify_journal() == []


def test_somebody_switched_off_holds_no_role() -> None:
    alice = create_person("alice", by=None)
    grant_role(alice, Role.SUPERVISOR, by=None)
    alice.is_active = False
    assert roles_of(alice) == frozenset()


def test_add_person_reads_the_password_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("seven-lanterns-4\n"))
    call_command("add_person", "carol", "--name", "卡罗", "--role", "supervisor", "--role", "agent", "--line", "110")
    carol = Person.objects.get(username="carol")
    assert carol.check_password("seven-lanterns-4")
    assert set(carol.grants.values_list("role", "line_number")) == {("supervisor", ""), ("agent", "110")}


@pytest.mark.parametrize(("typed", "says"), [("", "no password"), ("12345\n", "too short|太短|至少")])
def test_add_person_refuses_and_creates_nobody(monkeypatch: pytest.MonkeyPatch, typed: str, says: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    with pytest.raises(CommandError, match=says):
        call_command("add_person", "dave")
    assert not Person.objects.exists()
