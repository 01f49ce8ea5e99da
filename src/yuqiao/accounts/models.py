"""People and their roles (S10–S24), departments, districts, and the journal nobody can rewrite.

Rows only; `yuqiao.accounts.services` is the one place that writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone


class Role(models.TextChoices):
    """What a person may do; one person can hold several."""

    INTERPRETER = "interpreter", "译员"
    SUPERVISOR = "supervisor", "现场主管"
    AGENT = "agent", "话务员"
    CLERK = "clerk", "联动部门经办人"
    COLLECTOR = "collector", "标识采集员"
    EXPERT = "expert", "专家"
    SUPPLIER_MANAGER = "supplier_manager", "供应商负责人"
    PROJECT_MANAGER = "project_manager", "项目负责人"
    AUDITOR = "auditor", "审计员"
    ADMINISTRATOR = "administrator", "系统管理员"


class District(models.Model):
    """A district of the city (S17)."""

    code = models.CharField(max_length=12, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.name_zh


class Department(models.Model):
    """A linked department or partner body (S23, S35); ``parent`` gives 本级 and 下属 (S2)."""

    code = models.CharField(max_length=32, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="departments")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    def __str__(self) -> str:
        return self.name_zh


class Person(AbstractUser):
    """Somebody who signs in. ``display_name`` is what colleagues see; ``interface_language`` is zh-hans or en."""

    display_name = models.CharField(max_length=60, blank=True)
    interface_language = models.CharField(max_length=8, default="zh-hans")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="people")
    #: How often all sessions were ended at once.
    sessions_ended = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_session_auth_hash(self) -> str:
        """Return what a session must carry to be this person's: changed by a new password and by ending all."""
        return self._of_these_sessions(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the same for keys of the site that were replaced."""
        return (self._of_these_sessions(one) for one in super().get_session_auth_fallback_hash())

    def _of_these_sessions(self, hashed: str) -> str:
        return f"{hashed}.{self.sessions_ended}" if self.sessions_ended else hashed


class RoleGrant(models.Model):
    """One role held by one person; ``line_number`` narrows a hotline agent to the partner line they answer."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    line_number = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "role", "line_number"], name="one_grant_each")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"


class JournalIsFinalError(TypeError):
    """Somebody tried to change or delete a journal entry."""


class JournalQuerySet(models.QuerySet["JournalEntry"]):
    """A query set that reads and appends, and refuses everything else."""

    def update(self, **_kwargs: Any) -> NoReturn:
        raise JournalIsFinalError("journal entries are never changed; write a new entry that corrects the old one")

    def delete(self) -> NoReturn:
        raise JournalIsFinalError("journal entries are never deleted")


class JournalEntry(models.Model):
    """One act of one person, chained by hash to the entry before it, so that a gap or a change shows.

    ``detail`` holds what changed, never secrets and never callers' data. ``actor`` is null for the system itself.
    The database refuses UPDATE and DELETE by triggers as well (see the migrations).
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="journal")
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    objects = JournalQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        # What was done to one subject, such as which files a call's recordings were finished as.
        indexes = [models.Index(fields=["action", "subject_id"], name="journal_by_action")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M:%S} {self.action} {self.subject_type}:{self.subject_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise JournalIsFinalError("journal entries are never changed; write a new entry that corrects the old one")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise JournalIsFinalError("journal entries are never deleted")


class ApiToken(models.Model):
    """With what a partner's system signs in: it acts for ``person`` within its ``scopes`` (`accounts.tokens.Scope`).

    Only the SHA-256 of the secret is kept; ``prefix`` is its beginning, by which people tell tokens apart.
    """

    name = models.CharField(max_length=80)
    person = models.ForeignKey(Person, models.PROTECT, related_name="api_tokens")
    scopes = models.JSONField(default=list)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
