"""What a contract's file needs, when it comes too late, what stands between it and a payment."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.contracts.models import PaperKind, Procurement
from yuqiao.contracts.rules import (
    NEEDED,
    PAPERS,
    Due,
    Item,
    Lateness,
    alarms,
    missing_papers,
    obstacles,
)

D = dt.date
DAYS = st.dates(D(2020, 1, 1), D(2030, 1, 1))
PARTIES = st.sampled_from(["甲", "乙", "丙", " 甲 ", ""])


def test_every_way_to_buy_says_what_it_needs_and_every_paper_has_its_name() -> None:
    assert set(NEEDED) == set(Procurement.values)
    assert {code: str(label) for code, label in PaperKind.choices} == dict(PAPERS)


@given(st.sampled_from(sorted(NEEDED)), st.lists(st.tuples(st.sampled_from(sorted(PAPERS)), PARTIES), max_size=8))
def test_more_papers_never_leave_more_missing(mode: str, papers: list[tuple[str, str]]) -> None:
    lacking = [sum(one.need - one.have for one in missing_papers(mode, papers[:n])) for n in range(len(papers) + 1)]
    assert all(later <= earlier for earlier, later in itertools.pairwise(lacking))
    assert lacking[0] == sum(NEEDED[mode].values())
    whole = [(kind, str(n)) for kind, need in NEEDED[mode].items() for n in range(need)]
    assert missing_papers(mode, whole) == []


def test_s74_three_quotes_come_from_three_parties() -> None:
    papers = [("quote", "甲"), ("quote", " 甲"), ("quote", "乙"), ("comparison", ""), ("contract", "")]
    assert [(one.kind, one.have, one.need) for one in missing_papers("three_quotes", papers)] == [("quote", 2, 3)]


def test_s75_a_contract_signed_after_a_deadline_raises_the_alarm() -> None:
    """BJ: the procedure ended after August; the campaign was to be done by the end of July."""
    found = alarms(
        D(2023, 8, 25), [("视频2期", D(2023, 12, 1)), ("线下纠错一次", D(2023, 7, 31))], today=D(2023, 9, 1)
    )  # fmt: skip
    assert [(one.name, one.lateness, one.days) for one in found] == [("线下纠错一次", Lateness.LATE, -25)]
    assert found[0].zh == "合同签订已晚于“线下纠错一次”的完成期限2023-07-31（晚25天）。"
    early = alarms(None, [("线下纠错一次", D(2023, 7, 31))], today=D(2023, 7, 10))
    assert early[0].zh == "合同至今未签订，今天距“线下纠错一次”的完成期限2023-07-31只有21天。"
    assert alarms(D(2023, 7, 1), [("线下纠错一次", D(2023, 7, 31))], today=D(2023, 9, 1)) == []


@given(st.none() | DAYS, st.lists(st.tuples(st.text(max_size=3), DAYS), max_size=5), DAYS, st.integers(0, 90))
def test_alarms_are_for_deadlines_that_leave_too_little_time_and_only_those(
    signed: dt.date | None, deadlines: list[tuple[str, dt.date]], today: dt.date, lead: int
) -> None:
    found = alarms(signed, deadlines, today=today, lead=lead)
    begun = signed or today
    assert len(found) == sum(1 for _name, day in deadlines if (day - begun).days < lead or day < begun)
    assert [one.deadline for one in found] == sorted(one.deadline for one in found)
    for one in found:
        assert (one.lateness is Lateness.LATE) == (one.deadline < begun)
        assert one.deadline.isoformat() in one.zh


def test_s80_s81_a_payment_waits_for_signature_papers_hand_ins_and_acceptance() -> None:
    today = D(2023, 12, 1)
    assert obstacles(
        "directed",
        None,
        [("contract", "")],
        [Due("半年总结", D(2023, 7, 31), None), Due("年度总结", D(2023, 12, 31), None), Due("统计", None, None)],
        [Item("上半年", "译文抽查", passed=False), Item("下半年", "译文抽查", passed=True)],
        today=today,
    ) == [
        "合同尚未签订。",
        "采购文件不齐：定向委托审批有0份，需1份。",
        "“半年总结”应于2023-07-31提交，尚未提交。",
        "“上半年 译文抽查”验收不合格。",
    ]
    again = [Item("上半年", "译文抽查", passed=False), Item("上半年", "译文抽查", passed=True)]
    papers = [("contract", ""), ("direct_approval", "")]
    done = [Due("半年总结", D(2023, 7, 31), D(2023, 8, 5))]
    assert obstacles("directed", D(2023, 1, 1), papers, done, again, today=today) == []
