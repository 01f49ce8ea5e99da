"""``yuqiao manage api_token``: issue, list and revoke tokens of the open interface."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from yuqiao.accounts import tokens
from yuqiao.accounts.models import ApiToken, Person


class Command(BaseCommand):
    """The secret is printed once, on standard output alone; nothing else can show it again."""

    help = "Issue, list or revoke tokens with which partners' systems sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        issue = acts.add_parser("issue")
        issue.add_argument("username", help="the person for whom it acts")
        issue.add_argument("name", help="which system uses it")
        issue.add_argument("--scope", action="append", default=[], help=f"may be repeated: {', '.join(tokens.Scope)}")
        issue.add_argument("--days", type=int, default=366)
        acts.add_parser("list")
        acts.add_parser("revoke").add_argument("id", type=int)

    def handle(self, *_args: Any, **options: Any) -> None:
        {"issue": self._issue, "list": self._list, "revoke": self._revoke}[options["act"]](options)

    def _issue(self, options: dict[str, Any]) -> None:
        person = Person.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError(f"there is nobody called {options['username']}")
        try:
            token, secret = tokens.issue(person, options["name"], options["scope"], options["days"], by=None)
        except tokens.TokenError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"token {token.pk} for {token.name}, valid until {token.expires_at:%Y-%m-%d}; its secret:")
        self.stdout.write(secret)

    def _list(self, _options: dict[str, Any]) -> None:
        for one in ApiToken.objects.select_related("person"):
            state = "revoked" if one.revoked_at else f"until {one.expires_at:%Y-%m-%d}" if one.expires_at else "valid"
            self.stdout.write(f"{one.pk}\t{one}\t{one.person.username}\t{','.join(one.scopes)}\t{state}")

    def _revoke(self, options: dict[str, Any]) -> None:
        token = ApiToken.objects.filter(pk=options["id"]).first()
        if token is None:
            raise CommandError("there is no such token")
        tokens.revoke(token, by=None)
        self.stderr.write(f"{token} opens nothing any more")
