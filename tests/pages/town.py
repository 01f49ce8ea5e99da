"""Write the city of the pages into an empty database and say on stdout, as JSON, who is signed in and what is there.

Run in a process of its own, with the settings of the site that will show it:
``DATABASE_URL=… python -m tests.pages.town``.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    """Migrate, build, sign everybody in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuqiao.config.settings")
    import django  # noqa: PLC0415 (models can be imported only after set-up)

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from tests.house.addresses import city  # noqa: PLC0415
    from tests.house.addresses.table import LETTERS  # noqa: PLC0415
    from tests.house.addresses.test_addresses import addresses, filled  # noqa: PLC0415
    from yuqiao.web import messages  # noqa: PLC0415

    messages.compile_all()
    call_command("migrate", verbosity=0)
    objects, sessions = city.build(), {}
    for who, person in city.people().items():
        client = Client()
        client.force_login(person)
        sessions[LETTERS[who]] = client.cookies[settings.SESSION_COOKIE_NAME].value
    from django.urls import get_resolver  # noqa: PLC0415

    told = {
        "sessions": sessions,
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "language_cookie": settings.LANGUAGE_COOKIE_NAME,
        "addresses": {name: filled(pattern, objects) for name, pattern in addresses(get_resolver())},
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
