"""Signatures: another's library of the same specification takes them, and nothing that was changed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from yuqiao.hooks.kinds import ALL
from yuqiao.hooks.signing import PREFIX, body_of, headers, new_id, new_secret, signature

WORDS = st.characters(codec="utf-8")
DATA = st.dictionaries(
    st.text(WORDS, max_size=12), st.one_of(st.text(WORDS, max_size=40), st.integers(), st.booleans(), st.none())
)


@given(st.sampled_from([one.name for one in ALL]), DATA)
def test_whoever_keeps_to_the_specification_reads_them(kind: str, data: dict[str, str | int | bool | None]) -> None:
    secret, body = new_secret(), body_of(kind, "2026-11-22T08:00:00Z", data)
    sent = headers([secret], new_id(), int(time.time()), body)
    read = Webhook(secret).verify(body, sent)
    assert read == {"type": kind, "timestamp": "2026-11-22T08:00:00Z", "data": data}


@given(st.text(WORDS, max_size=200), st.text(WORDS, min_size=1, max_size=5), st.integers(0, 200))
def test_what_was_changed_on_the_way_is_refused(said: str, more: str, at: int) -> None:
    secret, now = new_secret(), int(time.time())
    body, at = said.encode(), min(at, len(said))
    sent = headers([secret], "msg_1", now, body)
    for changed, told in (
        ((said[:at] + more + said[at:]).encode(), sent),
        (body, sent | {"webhook-id": "msg_2"}),
        (body, sent | {"webhook-timestamp": str(now - 1)}),
        (body, headers([new_secret()], "msg_1", now, body)),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(changed, told)


def test_while_a_secret_is_exchanged_both_verify() -> None:
    former, new, body = new_secret(), new_secret(), b"{}"
    sent = headers([new, former], new_id(), int(time.time()), body)
    assert Webhook(former).verify(body, sent) == Webhook(new).verify(body, sent) == {}


def test_the_example_of_the_specifications_own_library() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secrets_and_ids_are_as_the_specification_wants() -> None:
    assert new_secret() != new_secret()
    assert new_secret().startswith(PREFIX)
    assert all("." not in new_id() for _ in range(50))
    with pytest.raises(ValueError, match="whsec_"):
        signature("x", "msg_1", 1, b"")
