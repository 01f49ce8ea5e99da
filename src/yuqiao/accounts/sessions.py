"""Ends all sessions of a person, when roles, password or factors are taken away."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.db.models import F

from yuqiao.accounts.models import Person


def end_all_sessions(person: Person) -> None:
    """Make every session of ``person`` worthless, also those of which no row is known.

    The number is part of what each session is checked against (``Person.get_session_auth_hash``), so the sessions end
    with the transaction that takes the right away.
    """
    Person.objects.filter(pk=person.pk).update(sessions_ended=F("sessions_ended") + 1)
    UserSession.objects.filter(user=person).delete()
    person.refresh_from_db(fields=["sessions_ended"])
