"""Who may hear a recording, and for what."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.hearing import WITH_REFERENCE, Asked, Hearer, Purpose, Verdict, fault, verdict

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
YESTERDAY = NOW - dt.timedelta(days=1)
HEARERS = st.builds(Hearer, by_role=st.booleans(), audits=st.booleans(), interpreted=st.booleans())
CALLS = st.builds(
    Asked,
    ended_at=st.one_of(st.none(), st.timedeltas(dt.timedelta(0), dt.timedelta(days=400)).map(lambda ago: NOW - ago)),
    refused=st.booleans(),
    looked_into=st.booleans(),
)
SUPERVISOR = Hearer(by_role=True, audits=False, interpreted=False)
AUDITOR = Hearer(by_role=True, audits=True, interpreted=False)
INTERPRETER = Hearer(by_role=False, audits=False, interpreted=True)
OVER = Asked(YESTERDAY, refused=False, looked_into=False)


@given(HEARERS, CALLS, st.integers(0, 400))
def test_what_never_gives_way(hearer: Hearer, call: Asked, own_days: int) -> None:
    found = verdict(hearer, call, own_days, NOW)
    assert bool(found.purposes) != bool(found.why), "either purposes or a reason"
    if call.refused or call.ended_at is None:
        assert not found, "nobody hears what the caller refused, nor a call that goes on"
    if hearer.interpreted and call.looked_into:
        assert not found, "nobody hears proof in her own case"
    if not hearer.by_role:
        assert set(found.purposes) <= {Purpose.OWN}, "without the role nothing but her own calls"
        assert not found or (hearer.interpreted and own_days > 0)
    else:
        assert Purpose.OWN not in found.purposes


def test_by_role_any_call_and_audit_for_auditors_alone() -> None:
    assert Purpose.AUDIT in verdict(AUDITOR, OVER, 0, NOW).purposes
    assert Purpose.AUDIT not in verdict(SUPERVISOR, OVER, 0, NOW).purposes
    assert verdict(SUPERVISOR, Asked(YESTERDAY, refused=False, looked_into=True), 0, NOW)


def test_an_interpreter_hears_her_own_only_where_allowed_and_for_a_while() -> None:
    assert verdict(INTERPRETER, OVER, 0, NOW) == Verdict((), "role")
    assert verdict(INTERPRETER, OVER, 1, NOW) == Verdict((Purpose.OWN,))
    assert verdict(INTERPRETER, Asked(NOW - dt.timedelta(days=2), False, False), 1, NOW).why == "too_old"
    assert verdict(INTERPRETER, Asked(YESTERDAY, refused=False, looked_into=True), 9, NOW).why == "involved"


@pytest.mark.parametrize("purpose", sorted(WITH_REFERENCE))
def test_a_case_has_a_number(purpose: Purpose) -> None:
    allowed = verdict(AUDITOR, OVER, 0, NOW)
    assert fault(allowed, purpose, "") == "reference"
    assert fault(allowed, purpose, "京投〔2026〕117号") == ""
    assert fault(allowed, purpose, "12345-20261122-0042") == ""
    for prose in ("王先生说他女儿", "see my notes 12", "x" * 40 + "1", "number"):
        assert fault(allowed, purpose, prose) == "reference", prose


def test_a_purpose_is_one_of_those_allowed() -> None:
    allowed = verdict(SUPERVISOR, OVER, 0, NOW)
    assert fault(allowed, "quality", "") == ""
    assert [fault(allowed, one, "A-1") for one in ("", "curiosity", "own", "audit")] == ["purpose"] * 4
