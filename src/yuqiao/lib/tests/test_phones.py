"""Tickets of browsers' phones: what was issued is read again, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.lib.phones import Ticket, TicketError, check, issue, key_from

KEY = key_from("a password")

TICKETS = st.builds(
    Ticket,
    name=st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True),
    until=st.floats(0, 4e9),
    dials=st.from_regex(r"[0-9*#+]{0,32}", fullmatch=True),
    language=st.sampled_from(["", "en", "pt-BR", "zh-Hans", "ar"]),
)


@given(TICKETS)
def test_what_was_issued_is_read_again(ticket: Ticket) -> None:
    assert check(issue(ticket, KEY), KEY, ticket.until) == ticket


@given(TICKETS, st.data())
def test_whatever_is_changed_is_refused(ticket: Ticket, data: st.DataObject) -> None:
    text = issue(ticket, KEY)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.characters(exclude_characters=text[at])) + text[at + 1 :]
    try:
        read = check(changed, KEY, ticket.until)
    except TicketError:
        return
    assert read == ticket, "the last letter of base64 has spare bits; they change nothing"


@given(st.text())
def test_anything_else_is_no_ticket(text: str) -> None:
    with pytest.raises(TicketError):
        check(text, KEY, 0.0)


def test_a_ticket_of_another_site_is_refused() -> None:
    with pytest.raises(TicketError, match="not issued here"):
        check(issue(Ticket("desk-1", 10.0), key_from("another")), KEY, 0.0)


def test_it_holds_up_to_its_time_and_no_longer() -> None:
    text = issue(Ticket("desk-1", 10.0, dials="12345"), KEY)
    assert check(text, KEY, 10.0).dials == "12345"
    with pytest.raises(TicketError, match="load the page anew"):
        check(text, KEY, 10.1)


@pytest.mark.parametrize("name", ["", "Li", "li@host", "li;x=1", "-a", "a" * 64, "a\n"])
def test_a_name_fits_into_an_address(name: str) -> None:
    with pytest.raises(ValueError, match="lower-case"):
        Ticket(name, 1.0)


@pytest.mark.parametrize("dials", ["sip:x@y", "12 3", "1" * 33, "12345\n"])
def test_what_it_dials_is_a_number(dials: str) -> None:
    with pytest.raises(ValueError, match="one number"):
        Ticket("desk-1", 1.0, dials=dials)


def test_the_address_under_which_it_is_rung() -> None:
    assert Ticket("desk-7", 1.0).address == "sip:desk-7@browser"
