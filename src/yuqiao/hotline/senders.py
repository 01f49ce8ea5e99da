"""How a message leaves the house: by e-mail or through an HTTP SMS gateway; which of them, the settings say (none).

A sender takes some addresses, sends one message, and either returns or raises SendingError, which says whether another
attempt makes sense. Registry: `SENDERS`.
"""

from __future__ import annotations

import http.client
import json
import re
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote_plus, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

TIMEOUT = 10.0
#: HTTP answers after which the same message may be sent again (RFC 9110 15.5.9; RFC 6585 4).
PASSING = frozenset({408, 425, 429})
NUMBER = re.compile(r"\+?[0-9]{5,20}", re.ASCII)
ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


class SendingError(Exception):
    """A message did not leave; ``code`` is a short word without personal data, ``again``: trying later may help."""

    def __init__(self, code: str, *, again: bool) -> None:
        super().__init__(code)
        self.code = code
        self.again = again


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to whom; ``key`` is the same for each attempt, so that a gateway can tell a repetition."""

    address: str
    subject: str
    text: str
    key: str


class Sender(Protocol):
    """One way to send messages."""

    def takes(self, address: str) -> bool:
        """Whether messages to ``address`` can go this way."""

    def send(self, message: Message) -> None:
        """Send it; SendingError if it did not leave."""


@dataclass(frozen=True, slots=True)
class Mail:
    """E-mail through Django's settings (SMTP)."""

    def takes(self, address: str) -> bool:
        """Whether it is an e-mail address."""
        return bool(ADDRESS.fullmatch(address))

    def send(self, message: Message) -> None:
        """Hand it to the mail server."""
        headers = {"Message-ID": f"<{message.key}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"}
        mail = EmailMessage(message.subject, message.text, to=[message.address], headers=headers)
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            # RFC 5321 4.2.1: 4yz passes, 5yz stays.
            raise SendingError("smtp_refused", again=all(code < 500 for code in codes)) from error
        except smtplib.SMTPResponseException as error:
            raise SendingError(f"smtp_{error.smtp_code}", again=error.smtp_code < 500) from error
        except (smtplib.SMTPException, OSError) as error:
            raise SendingError("smtp_unreachable", again=True) from error


@dataclass(frozen=True, slots=True)
class Gateway:
    """One POST for each message. ``body`` is JSON or a form with {number}, {text}, {key} and {secret} in it.

    ``authorization`` becomes the header of that name, with {secret} in it; redirects are not followed, because they
    would take the secret elsewhere.
    """

    url: str
    body: str
    authorization: str
    secret: str

    def takes(self, address: str) -> bool:
        """Whether it is a number."""
        return bool(NUMBER.fullmatch(address))

    def send(self, message: Message) -> None:
        """Post it to the gateway."""
        is_json = self.body.lstrip().startswith("{")
        written = json_part if is_json else quote_plus
        values = {"number": message.address, "text": message.text, "key": message.key, "secret": self.secret}
        body = filled(self.body, {name: written(value) for name, value in values.items()})
        headers = {
            "Content-Type": "application/json" if is_json else "application/x-www-form-urlencoded",
            "Idempotency-Key": message.key,
        }
        if self.authorization:
            headers["Authorization"] = filled(self.authorization, {"secret": self.secret})
        status = _post(self.url, body.encode(), headers)
        if not 200 <= status < 300:
            raise SendingError(f"http_{status}", again=status >= 500 or status in PASSING)


def json_part(value: str) -> str:
    """Return ``value`` as it stands between the quotes of a JSON string."""
    return json.dumps(value)[1:-1]


def filled(pattern: str, values: dict[str, str]) -> str:
    """Return ``pattern`` with each {name} replaced once; other braces stay, and values are not looked into."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), pattern)


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        answer.read(4096)
    except (OSError, http.client.HTTPException) as error:
        raise SendingError("http_unreachable", again=True) from error
    else:
        return answer.status
    finally:
        connection.close()


def _gateway() -> Sender:
    return Gateway(settings.SMS_URL, settings.SMS_BODY, settings.SMS_AUTHORIZATION, settings.SMS_SECRET)


#: Name in the settings -> how it is made.
SENDERS: dict[str, Callable[[], Sender]] = {"sms": _gateway, "email": Mail}


def sender_for(address: str) -> str:
    """Return the name of the first sender in the settings that takes ``address``; empty if none does."""
    return next((name for name in settings.MESSAGE_SENDERS if SENDERS[name]().takes(address)), "")
