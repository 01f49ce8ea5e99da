"""A lost second factor is taken off by an administrator, never by its holder; passwords are set anew (S22)."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.accounts.sessions import end_all_sessions


def holds_factor(person: Person) -> bool:
    """Tell whether ``person`` has a second factor besides recovery codes."""
    held = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(held.exists())


def reset_factors(person: Person, *, by: Person | None) -> int:
    """Take all factors of ``person`` away and end all sessions; return how many factors there were."""
    with transaction.atomic():
        count = int(Authenticator.objects.filter(user=person).count())
        Authenticator.objects.filter(user=person).delete()
        end_all_sessions(person)
        record(by, "factor.reset", person, {"factors": count})
    return count


def set_password(person: Person, password: str, *, by: Person | None) -> None:
    """Set a new password and end all sessions. Raises ValidationError for one the site's rules refuse."""
    validate_password(password, person)
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        end_all_sessions(person)
        record(by, "person.password", person)


def end_one_session(person: Person, session_id: int) -> bool:
    """End one of the person's own sessions; return whether there was such a one."""
    with transaction.atomic():
        session = UserSession.objects.filter(user=person, pk=session_id).first()
        if session is None:
            return False
        session.end()
        record(person, "session.end", person)
    return True
