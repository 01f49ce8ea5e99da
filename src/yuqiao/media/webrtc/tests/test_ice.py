"""ICE-lite: what is answered, what moves a leg, and that nobody without our password gets anywhere."""

from __future__ import annotations

from dataclasses import replace

from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.ports import Address, Dtls
from yuqiao.media.webrtc.ice import CONSENT, PATHS, RATE, REFUSALS, Allowance, Credentials, IceLite
from yuqiao.media.webrtc.tests.browser_phone import check

DTLS = Dtls("ours", "a-password-of-22-octets", "theirs", "00" * 32)
HOME: Address = ("192.0.2.7", 4000)
PLACES: list[Address] = [("192.0.2.7", 4000 + number) for number in range(12)] + [("2001:db8::7", 5000)]


def lite(dtls: Dtls = DTLS) -> IceLite:
    return IceLite(Credentials.of(dtls))


@given(place=st.sampled_from(PLACES), nominate=st.booleans())
def test_a_valid_check_is_answered_with_where_it_came_from(place: Address, nominate: bool) -> None:
    ice = lite()
    asked = check(DTLS, nominate=nominate)
    verdict = ice.take(asked, place, 0.0)
    answer = stun.parse_message(verdict.answer)
    assert (verdict.valid, verdict.moved) == (True, nominate)
    assert answer.message_class is stun.Class.RESPONSE
    assert answer.transaction_id == asked[8:20]
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == place
    assert answer.check_message_integrity(DTLS.password.encode())
    assert ice.target == (place if nominate else None)
    assert ice.is_proved(place)


@given(st.lists(st.tuples(st.sampled_from(PLACES), st.booleans()), max_size=40))
def test_sound_goes_to_who_was_nominated_last(steps: list[tuple[Address, bool]]) -> None:
    """And at most `PATHS` places are remembered, the one in use always among them."""
    ice, target = lite(), None
    for number, (place, nominate) in enumerate(steps):
        before = target
        target = place if nominate else target
        assert ice.take(check(DTLS, nominate=nominate), place, float(number)).moved == (target != before)
        assert ice.target == target
        assert target is None or ice.is_proved(target)
        assert sum(ice.is_proved(other) for other in PLACES) <= PATHS


@given(data=st.binary(max_size=200), place=st.sampled_from(PLACES))
def test_octets_of_no_meaning_are_not_answered(data: bytes, place: Address) -> None:
    ice = lite()
    verdict = ice.take(data, place, 0.0)
    assert not verdict.answer
    assert not verdict.valid
    assert ice.refused == 1


@given(st.data())
def test_a_check_that_was_touched_moves_nothing(data: st.DataObject) -> None:
    asked = bytearray(check(DTLS))
    asked[data.draw(st.integers(0, len(asked) - 1))] ^= data.draw(st.integers(1, 255))
    ice = lite()
    verdict = ice.take(bytes(asked), HOME, 0.0)
    assert not verdict.valid
    assert ice.target is None
    assert len(verdict.answer) <= len(asked)


@given(at=st.integers(0, 200), more=st.binary(max_size=20))
def test_a_check_that_was_cut_or_grew_moves_nothing(at: int, more: bytes) -> None:
    asked = check(DTLS)
    changed = asked[:at] + more
    if changed != asked:
        assert not lite().take(changed, HOME, 0.0).valid


@given(
    password=st.text("abcdefgh", min_size=1, max_size=30).filter(lambda text: text != DTLS.password),
    username=st.sampled_from([None, "theirs:ours", "ours:", "ours", "ours:theirs:more", "ours:an-other"]),
)
def test_who_does_not_know_the_password_is_told_so_and_no_more(password: str, username: str | None) -> None:
    ice = lite()
    asked = check(DTLS, password=password, username=username)
    verdict = ice.take(asked, HOME, 0.0)
    assert stun.parse_message(verdict.answer).error_code == 401
    assert len(verdict.answer) <= len(asked)
    assert not ice.is_proved(HOME)


def test_a_check_without_credentials_is_malformed() -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["SOFTWARE"] = "as long as the answer to it"
    message.add_fingerprint()
    assert stun.parse_message(lite().take(bytes(message), HOME, 0.0).answer).error_code == 400
    short = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    short.add_fingerprint()
    assert lite().take(bytes(short), HOME, 0.0).answer == b""  # the answer would be longer


@given(count=st.integers(1, 300), seconds=st.floats(0.0, 3.0))
def test_refusals_and_answers_are_bounded(count: int, seconds: float) -> None:
    ice = lite()
    wrong = check(DTLS, password="guessed")
    said = [ice.take(wrong, HOME, seconds * number / count).answer for number in range(count)]
    assert sum(map(bool, said)) <= REFUSALS * (1 + seconds) + 1
    right = [ice.take(check(DTLS), PLACES[1], seconds * (1 + number / count)).answer for number in range(count)]
    assert sum(map(bool, right)) <= 2 * RATE * (1 + seconds) + 1


def test_a_flood_of_strangers_does_not_cut_off_who_is_there() -> None:
    ice = lite()
    assert ice.take(check(DTLS), HOME, 0.0).valid
    for number in range(1000):
        ice.take(check(DTLS, password="guessed"), ("198.51.100.1", 1 + number), 0.001 * number)
    assert ice.take(check(DTLS), HOME, 1.0).valid


@given(st.lists(st.floats(0.0, 1.0), max_size=60))
def test_an_allowance_gives_no_more_than_its_rate(pauses: list[float]) -> None:
    allowance, now, taken = Allowance(5.0), 0.0, 0
    for pause in pauses:
        now += pause
        taken += allowance.take(now)
    assert taken <= 5 + 5 * now + 1e-6


def test_the_same_check_from_elsewhere_is_a_recording() -> None:
    ice = lite()
    overheard = check(DTLS)
    assert ice.take(overheard, HOME, 0.0).valid
    assert ice.take(overheard, HOME, 0.1).valid  # sent again by who made it: its answer was lost
    assert not ice.take(overheard, ("198.51.100.1", 9), 0.2).valid
    assert ice.target == HOME


def test_a_restart_moves_by_new_credentials_alone() -> None:
    ice = lite()
    ice.take(check(DTLS), HOME, 0.0)
    after = replace(DTLS, ufrag="more", password="another-password-of-ours", their_ufrag="new")
    ice.restart(Credentials.of(after))
    late = ice.take(check(DTLS), PLACES[1], 1.0)
    assert (late.valid, late.moved, ice.target) == (True, False, HOME)
    assert stun.parse_message(late.answer).check_message_integrity(DTLS.password.encode())
    assert ice.take(check(after), PLACES[2], 2.0).moved
    assert not ice.take(check(DTLS), HOME, 3.0).valid  # the former ones have served
    ice.restart(Credentials.of(after))  # a re-INVITE that says the same
    assert ice.target == PLACES[2]


def test_who_is_not_heard_of_is_sent_nothing() -> None:
    ice = lite()
    ice.take(check(DTLS), HOME, 0.0)
    assert not ice.lapse(CONSENT)
    assert ice.lapse(CONSENT + 0.1)
    assert ice.target is None
    assert not ice.lapse(CONSENT + 0.2)
    assert ice.take(check(DTLS), HOME, CONSENT + 1).moved  # and is back


def test_another_page_is_nowhere_yet() -> None:
    ice = lite()
    ice.take(check(DTLS), HOME, 0.0)
    ice.forget()
    assert ice.target is None
    assert not ice.is_proved(HOME)
