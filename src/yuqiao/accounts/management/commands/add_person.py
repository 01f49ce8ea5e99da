"""``yuqiao add-person``: the first people of a new installation, from its command line."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from yuqiao.accounts import services
from yuqiao.accounts.models import Role


class Command(BaseCommand):
    """Create one person with roles; the password is asked for, or read from standard input, and is never a default."""

    help = "Add somebody who signs in. The password is asked for, or is the first line of standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="what colleagues see")
        parser.add_argument("--role", action="append", default=[], choices=Role.values, help="may be given repeatedly")
        parser.add_argument("--line", default="", help="the partner line a hotline agent answers, for --role agent")
        parser.add_argument("--language", default="zh-hans", choices=["zh-hans", "en"])

    def handle(self, *_args: Any, **options: Any) -> None:
        password = _ask() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        if not password:
            raise CommandError("no password was given")
        try:
            with transaction.atomic():
                person = services.create_person(
                    options["username"],
                    by=None,
                    password=password,
                    display_name=options["name"],
                    interface_language=options["language"],
                )
                for role in options["role"]:
                    line = options["line"] if role == Role.AGENT else ""
                    services.grant_role(person, Role(role), by=None, line_number=line)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except IntegrityError as error:
            raise CommandError(f"there is already somebody called {options['username']}") from error
        self.stdout.write(f"{person.username} can sign in now.")


def _ask() -> str:
    """Return a password typed twice alike."""
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Password again: "):
        raise CommandError("the two passwords differ")
    return first
