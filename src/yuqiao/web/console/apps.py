"""The staff pages as an application of Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class ConsoleConfig(AppConfig):
    name = "yuqiao.web.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Check the names of roles in the settings, and journal what happens to second factors."""
        from yuqiao.accounts.models import Role  # noqa: PLC0415 (models are ready only now)
        from yuqiao.web.console.security import journal  # noqa: PLC0415

        unknown = settings.SECOND_FACTOR_ROLES - set(Role.values)
        if unknown:
            raise ImproperlyConfigured(f"YUQIAO_SECOND_FACTOR_ROLES names no roles: {', '.join(sorted(unknown))}")
        journal.connect()
