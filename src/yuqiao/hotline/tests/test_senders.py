"""Messages leave for real, through a local HTTP server and a local SMTP server; failures say whether to try again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header
from urllib.parse import parse_qs

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from django.test import override_settings

from yuqiao.hotline.senders import SENDERS, Gateway, Mail, Message, SendingError, sender_for
from yuqiao.hotline.tests.gateway import GatewayServer, gateway
from yuqiao.lib.environment import public_url, sender_names
from yuqiao.lib.net import free_port

MESSAGE = Message("+8613900000001", "Rate us", 'Rate "here": https://h.example/r/x/ قيّم', "rating-1")
LETTER = Message("anna@example.org", "قيّم خدمتنا", "قيّم خدمتنا https://h.example/r/x/", "rating-2")


@pytest.fixture
def sms() -> Iterator[GatewayServer]:
    with gateway() as server:
        yield server


def by(server: GatewayServer) -> Gateway:
    return Gateway(server.url, '{"to": "{number}", "text": "{text}"}', "Bearer {secret}", "s3 cret")


def test_json_with_the_secret_in_the_header(sms: GatewayServer) -> None:
    by(sms).send(MESSAGE)
    headers, body = sms.taken[0]
    assert json.loads(body) == {"to": MESSAGE.address, "text": MESSAGE.text}
    assert headers["Authorization"] == "Bearer s3 cret"
    assert headers["Content-Type"] == "application/json"
    assert headers["Idempotency-Key"] == "rating-1"
    assert headers["path"] == "/send?v=1"


def test_a_form_with_the_secret_in_the_body(sms: GatewayServer) -> None:
    Gateway(sms.url, "mobile={number}&content={text}&apikey={secret}&id={key}", "", "s&c").send(MESSAGE)
    headers, body = sms.taken[0]
    fields = {name: values[0] for name, values in parse_qs(body).items()}
    assert fields == {"mobile": MESSAGE.address, "content": MESSAGE.text, "apikey": "s&c", "id": "rating-1"}
    assert "Authorization" not in headers


def test_what_somebody_wrote_is_never_filled_in_again(sms: GatewayServer) -> None:
    by(sms).send(Message("10086", "", "{secret} {number}", "k"))
    assert json.loads(sms.taken[0][1])["text"] == "{secret} {number}"


@pytest.mark.parametrize(("status", "again"), [(500, True), (503, True), (429, True), (400, False), (302, False)])
def test_a_refusal_says_whether_another_attempt_makes_sense(sms: GatewayServer, status: int, again: bool) -> None:
    sms.answers = [status]
    with pytest.raises(SendingError) as refused:
        by(sms).send(MESSAGE)
    assert (refused.value.code, refused.value.again) == (f"http_{status}", again)
    assert MESSAGE.address not in str(refused.value)
    assert len(sms.taken) == 1, "a redirect is not followed"


def test_nobody_listens() -> None:
    with pytest.raises(SendingError, match="http_unreachable") as refused:
        Gateway(f"http://127.0.0.1:{free_port()}/", "{text}", "", "").send(MESSAGE)
    assert refused.value.again


class Box:
    """What the mail server took, and how it answers."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.recipient, self.data = "250 OK", "250 OK"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        return self.data


@pytest.fixture
def box() -> Iterator[Box]:
    taken, port = Box(), free_port()
    server = Controller(taken, hostname="127.0.0.1", port=port)
    server.start()
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(
        EMAIL_BACKEND=smtp, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, DEFAULT_FROM_EMAIL="line@city.example"
    ):
        yield taken
    server.stop()


def test_a_letter_over_smtp(box: Box) -> None:
    Mail().send(LETTER)
    envelope = box.taken[0]
    assert envelope.rcpt_tos == [LETTER.address]
    assert isinstance(envelope.content, bytes)
    letter = message_from_bytes(envelope.content)
    raw, charset = decode_header(letter["Subject"])[0]
    assert (raw.decode(charset or "ascii") if isinstance(raw, bytes) else raw) == LETTER.subject
    payload = letter.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().strip() == LETTER.text
    assert letter["Message-ID"] == "<rating-2@city.example>"


@pytest.mark.parametrize(("answer", "again"), [("451 later", True), ("550 no such box", False)])
def test_a_mail_server_that_refuses_the_recipient(box: Box, answer: str, again: bool) -> None:
    box.recipient = answer
    with pytest.raises(SendingError, match="smtp_refused") as refused:
        Mail().send(LETTER)
    assert refused.value.again == again


@pytest.mark.parametrize(("answer", "again"), [("452 full", True), ("554 spam", False)])
def test_a_mail_server_that_refuses_the_letter(box: Box, answer: str, again: bool) -> None:
    box.data = answer
    with pytest.raises(SendingError) as refused:
        Mail().send(LETTER)
    assert (refused.value.code, refused.value.again) == (f"smtp_{answer[:3]}", again)


def test_no_mail_server() -> None:
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    away = override_settings(EMAIL_BACKEND=smtp, EMAIL_HOST="127.0.0.1", EMAIL_PORT=free_port())
    with away, pytest.raises(SendingError, match="smtp_unreachable") as refused:
        Mail().send(LETTER)
    assert refused.value.again


def test_the_settings_choose_by_address() -> None:
    with override_settings(MESSAGE_SENDERS=["sms", "email"]):
        assert [sender_for(one) for one in ("+8613900000001", "a@b.example", "anonymous", "")] == [
            "sms",
            "email",
            "",
            "",
        ]
    with override_settings(MESSAGE_SENDERS=[]):
        assert sender_for("+8613900000001") == ""
    assert sender_names("sms, email") == list(SENDERS)
    with pytest.raises(ValueError, match="not by pigeon"):
        sender_names("sms,pigeon")
    assert public_url("https://hotline.example/x") == "https://hotline.example/x"
    with pytest.raises(ValueError, match="whole address"):
        public_url("hotline.example")
