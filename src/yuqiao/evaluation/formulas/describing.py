"""Puts any row that a figure counted into a few Chinese words; nothing about callers but what a list needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from yuqiao.cases.models import WorkOrder
from yuqiao.contracts.models import Acceptance, Deliverable
from yuqiao.evaluation import evidence_kinds
from yuqiao.evaluation.models import BudgetLine, Evidence, Payment
from yuqiao.evaluation.sheet import in_ten_thousand
from yuqiao.hotline.models import (
    Agreement,
    Call,
    Callback,
    Complaint,
    InterpreterRequest,
    Leg,
    Line,
    Outage,
    Rating,
    Violation,
    WrapUp,
)
from yuqiao.languages import catalogue as languages
from yuqiao.outreach.models import Activity, Honour, Video
from yuqiao.workforce.models import PresenceSpan


@dataclass(frozen=True, slots=True)
class Described:
    """One row: when (day or moment), what, and further words. ``kind`` with ``key`` name the row, as for a link."""

    kind: str
    key: str
    when: str
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """How rows of one kind are put into words; ``related`` is what that reads besides, ``moment`` their time."""

    kind: str
    moment: str
    what: Callable[[Any], str]
    detail: Callable[[Any], str] = lambda _row: ""
    related: tuple[str, ...] = ()


def _line(row: Any) -> str:
    return "" if row.line is None else f"{row.line.number} {row.line.name_zh}"


def _language(row: Any) -> str:
    known = languages.BY_CODE.get(row.language)
    return known.zh if known is not None else row.language or "语种未知"


def _evidence(row: Evidence) -> str:
    return " ".join(part for part in (evidence_kinds.name_of(row.kind), row.serial, row.title) if part)


def _proof(row: Evidence) -> str:
    kept = [row.get_result_display() if row.result else "", "有附件" if row.file_id else "", row.link, row.record]
    return "，".join(part for part in kept if part)


def _first(row: Any) -> str:
    first = getattr(row, "first", None)
    return "尚未提交" if first is None else f"首次提交 {first:%Y-%m-%d}"


SHOWN: dict[type[Model], Words] = {
    Evidence: Words("evidence", "happened_on", _evidence, _proof),
    Call: Words("call", "started_at", _language, _line, ("line",)),
    InterpreterRequest: Words("call", "created_at", _language, lambda row: row.get_state_display()),
    Callback: Words("call", "created_at", _language, lambda row: row.get_outcome_display() or "未办结"),
    Rating: Words("call", "given_at", lambda row: f"{row.score} / 5", _line, ("line",)),
    Leg: Words("call", "created_at", lambda row: f"译员 {row.interpreter}", related=("interpreter__person",)),
    Violation: Words(
        "violation", "happened_at", lambda row: row.get_kind_display(), lambda row: row.get_state_display()
    ),
    Agreement: Words("agreement", "signed_on", lambda row: str(row.department), _line, ("line", "department")),
    Line: Words(
        "line", "valid_from", lambda row: f"{row.number} {row.name_zh}", lambda row: row.get_line_class_display()
    ),
    Complaint: Words("complaint", "made_at", lambda row: row.get_source_display(), lambda row: row.get_state_display()),
    WorkOrder: Words("case", "opened_at", lambda row: row.get_state_display()),
    WrapUp: Words("call", "call_at", lambda row: row.get_request_type_display(), _line, ("line",)),
    Outage: Words("outage", "began_at", lambda row: row.get_service_display(), lambda row: row.cause),
    PresenceSpan: Words("span", "began_at", lambda row: f"译员 {row.interpreter}", related=("interpreter__person",)),
    Activity: Words("activity", "held_on", lambda row: row.title, lambda row: row.get_kind_display()),
    Video: Words("video", "broadcast_on", lambda row: row.title, lambda row: row.link),
    Honour: Words("honour", "awarded_on", lambda row: row.title, lambda row: row.awarded_by),
    Deliverable: Words("deliverable", "due_on", lambda row: row.title, _first, ("contract",)),
    Acceptance: Words(
        "acceptance",
        "accepted_on",
        lambda row: f"{row.stage} {row.item}",
        lambda row: "合格" if row.passed else "不合格",
    ),
    Payment: Words("payment", "paid_on", lambda row: f"{in_ten_thousand(row.amount_fen)}万元", lambda row: row.payee),
    BudgetLine: Words(
        "budget", "", lambda row: row.get_source_display(), lambda row: f"{in_ten_thousand(row.initial_fen)}万元"
    ),
}


def describe(row: Model) -> Described:
    """Return one row in words; KeyError for a kind of row that no formula counts."""
    words = SHOWN[type(row)]
    key = getattr(row, "call_id", None) if words.kind == "call" and not isinstance(row, Call) else row.pk
    return Described(words.kind, str(key), _when(row, words.moment), words.what(row), words.detail(row))


def _when(row: Model, column: str) -> str:
    found = getattr(row, column) if column else None
    if isinstance(found, dt.datetime):
        return f"{timezone.localtime(found):%Y-%m-%d %H:%M}"
    return "" if found is None else f"{found:%Y-%m-%d}"


def described(found: QuerySet[Any], first: int, most: int) -> list[Described]:
    """Return ``most`` rows in words, beginning with the row number ``first`` (from 0)."""
    related = SHOWN[found.model].related
    return [describe(row) for row in (found.select_related(*related) if related else found)[first : first + most]]
