"""What a browser's phone may do (`phone_admission`) and where it is rung (`registrar`): decided without any socket."""

from __future__ import annotations

import pytest
from aiosipua import SipRequest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from yuqiao.lib.phones import Ticket
from yuqiao.media.sip.flows import Binding
from yuqiao.media.sip.phone_admission import BURST, RATE, REMEMBERED, Acquaintance, Calls, Pace, judge
from yuqiao.media.sip.registrar import LONGEST, SHORTEST, register

DESK = Ticket("desk-1", 0.0)
CITIZEN = Ticket("c-9", 0.0, dials="12345")
STRANGE = Acquaintance()
METHODS = ["INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS", "REFER", "SUBSCRIBE", "MESSAGE", "NOTIFY", "INFO"]


def request(
    method: str, *, sender: str = "desk-1", to: str = "", uri: str = "sip:browser", **fields: str
) -> SipRequest:
    """A request as a page may write it."""
    made = SipRequest(method=method, uri=uri)
    made.headers.append("From", f"<sip:{sender}@browser>;tag=1")
    made.headers.append("To", to or f"<sip:{sender}@browser>")
    made.headers.append("Call-ID", fields.pop("call_id", "a"))
    made.headers.append("CSeq", f"{fields.pop('seq', '1')} {method}")
    for name, value in fields.items():
        made.headers.append(name, value)
    return made


@pytest.mark.parametrize("method", METHODS)
def test_in_its_own_call_a_phone_may_say_anything(method: str) -> None:
    assert judge(request(method, to="<sip:x@y>;tag=2"), DESK, Acquaintance(dialog=True, own=True)) is None
    assert judge(request(method), DESK, Acquaintance(transaction=True)) is None


@pytest.mark.parametrize("method", METHODS)
def test_in_anothers_call_it_may_say_nothing_and_learns_nothing(method: str) -> None:
    said = request(method, to="<sip:x@y>;tag=2")
    refusal = 0 if method == "ACK" else 481
    assert judge(said, DESK, Acquaintance(dialog=True)) == refusal
    assert judge(said, DESK, STRANGE) == refusal  # the same for a call that does not exist


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (request("REGISTER"), None),
        (request("REGISTER", sender="desk-2"), 403),
        (request("REGISTER", to="<sip:desk-2@browser>"), 403),
        (request("INVITE", uri="sip:12345@browser"), 403),
        (request("INVITE", Replaces="a;to-tag=b;from-tag=c"), None),
        (request("OPTIONS"), None),
        (request("OPTIONS", sender="desk-2"), 403),
        (request("REFER"), 405),
        (request("CANCEL"), 481),
    ],
)
def test_what_a_desk_may_begin(said: SipRequest, refusal: int | None) -> None:
    assert judge(said, DESK, STRANGE) == refusal


@given(dialled=st.text("0123456789*#+abc@;:? ", max_size=12))
def test_a_citizen_calls_one_number_and_no_other(dialled: str) -> None:
    said = request("INVITE", sender="c-9", uri=f"sip:{dialled}@browser")
    assert (judge(said, CITIZEN, STRANGE) is None) == (dialled.partition(";")[0].partition(":")[0] == "12345")


@pytest.mark.parametrize("uri", ["sip:12345@elsewhere.example", "tel:12345", "sip:12345@browser;transport=ws"])
def test_how_the_number_is_written_is_all_the_same(uri: str) -> None:
    assert judge(request("INVITE", sender="c-9", uri=uri), CITIZEN, STRANGE) is None


@given(method=st.sampled_from(METHODS), sender=st.text(max_size=20), to=st.text(max_size=30), uri=st.text(max_size=30))
def test_whatever_is_written_begins_nothing_in_anothers_name(method: str, sender: str, to: str, uri: str) -> None:
    made = SipRequest(method=method, uri=uri)
    try:
        made.headers.append("From", sender)
        made.headers.append("To", to)
    except ValueError:
        return  # line breaks
    assert judge(made, DESK, STRANGE) in {0, 403, 405, 481} or "desk-1" in sender


@given(gaps=st.lists(st.floats(0, 2), min_size=1, max_size=300))
def test_a_phone_gets_no_more_than_its_pace(gaps: list[float]) -> None:
    pace, at, taken = Pace(0.0), 0.0, 0
    for gap in gaps:
        at += gap
        taken += pace.take(at)
        assert taken <= BURST + RATE * at
    assert Pace(0.0).take(0.0)


def test_guests_calls_are_remembered_up_to_a_bound_and_nobody_elses() -> None:
    calls = Calls()
    for host in ("guest-0.browser", "desk-1.browser", *(f"guest-{n}.browser" for n in range(1, REMEMBERED))):
        assert calls.refusal(host, busy=False) == 0
        calls.begun(host)
    assert calls.refusal("desk-1.browser", busy=False) == 0
    assert calls.refusal("desk-1.browser", busy=True) == 486
    assert calls.refusal("guest-0.browser", busy=False) == 403
    calls.begun("guest-x.browser")()
    calls.begun("guest-y.browser")
    assert [calls.refusal(f"guest-{which}.browser", busy=False) for which in ("0", "2", "x", "y")] == [0, 403, 0, 403]


class Registrar(RuleBasedStateMachine):
    """A page that registers, again and again, late and early, and gives up."""

    def __init__(self) -> None:
        super().__init__()
        self.binding: Binding | None = None
        self.now = 1000.0
        self.seq = 0

    def say(self, seq: int, contact: str, expires: str, call_id: str = "a") -> int:
        fields = {"Contact": contact} if contact else {}
        fields |= {"Expires": expires} if expires else {}
        outcome = register(request("REGISTER", seq=str(seq), call_id=call_id, **fields), self.binding, self.now)
        self.binding = outcome.binding
        if outcome.status == 200:
            shown = [value for name, value in outcome.headers if name == "Contact"]
            assert len(shown) == (self.binding is not None)
        return outcome.status

    @rule(seconds=st.integers(0, 100_000), user=st.sampled_from(["a", "b"]))
    def registers(self, seconds: int, user: str) -> None:
        self.seq += 1
        status = self.say(self.seq, f"<sip:{user}@x.invalid;transport=ws>", str(seconds))
        if 0 < seconds < SHORTEST:
            assert status == 423
        elif seconds == 0:
            assert (status, self.binding) == (200, None)
        else:
            assert status == 200
            assert self.binding is not None
            assert self.binding.contact == f"sip:{user}@x.invalid;transport=ws"
            assert self.binding.until == self.now + min(seconds, LONGEST)

    @rule()
    @precondition(lambda self: self.binding is not None and self.binding.until > self.now)
    def an_older_wish_arrives_late(self) -> None:
        before = self.binding
        assert before is not None
        assert self.say(before.seq, "<sip:c@x.invalid>", "60") == 500
        assert self.binding == before

    @rule()
    def asks(self) -> None:
        held = self.binding is not None and self.binding.until > self.now
        assert self.say(self.seq, "", "") == 200
        assert (self.binding is not None) == held

    @rule(contact=st.sampled_from(["*", "nonsense", "<mailto:a@b>", "<sip:>"]))
    def says_nonsense(self, contact: str) -> None:
        assert self.say(self.seq + 1, contact, "60") == 400

    @rule()
    def gives_up_all(self) -> None:
        assert self.say(self.seq + 1, "*", "0") == 200
        assert self.binding is None

    @rule(seconds=st.floats(0, 700))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def nothing_lasts_longer_than_we_grant(self) -> None:
        assert self.binding is None or self.binding.until <= self.now + LONGEST


TestRegistrar = Registrar.TestCase
