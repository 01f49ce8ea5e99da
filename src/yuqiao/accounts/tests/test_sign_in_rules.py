"""Who must hold a second factor, and when a proof is fresh: whatever roles, proofs and clocks there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.accounts.sign_in_rules import SECOND, Proof, fresh, must_hold_factor

METHODS = st.sampled_from(["password", "socialaccount", SECOND, "unheard"])
PROOFS = st.lists(st.builds(Proof, METHODS, st.floats(0, 1e10)), max_size=6)
ROLES = st.sets(st.sampled_from(["interpreter", "supervisor", "agent", "administrator"]))


@given(ROLES, ROLES)
def test_an_obligation_comes_from_a_role_one_holds(roles: set[str], policy: set[str]) -> None:
    assert must_hold_factor(roles, policy) is bool(roles & policy)


@given(PROOFS, st.floats(0, 1e10), st.floats(0, 1e6))
def test_who_holds_a_factor_proves_it_by_that_alone(proofs: list[Proof], at: float, within: float) -> None:
    if fresh(proofs, holds_factor=True, at=at, within=within):
        assert any(proof.method == SECOND for proof in proofs)
        assert fresh(proofs, holds_factor=False, at=at, within=within)


@given(PROOFS, st.booleans(), st.floats(0, 1e10), st.floats(0, 1e6))
def test_neither_the_future_nor_the_far_past_proves_anything(
    proofs: list[Proof], holds: bool, at: float, within: float
) -> None:
    far = [proof for proof in proofs if proof.at > at or at - proof.at >= within]
    assert not fresh(far, holds_factor=holds, at=at, within=within)


@given(st.floats(0, 1e9), st.floats(0, 500), st.floats(501, 1000))
def test_a_proof_of_a_moment_ago_is_fresh(at: float, ago: float, within: float) -> None:
    assert fresh([Proof(SECOND, at + 1000 - ago)], holds_factor=True, at=at + 1000, within=within)
