"""Enters a sample's contracts with papers and deliverables, and what outreach did, by the registers' own verbs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from yuqiao.accounts.models import Person
from yuqiao.contracts import services as contracts
from yuqiao.contracts.models import Contract, Supplier
from yuqiao.contracts.rules import NEEDED, PAPERS
from yuqiao.evaluation.linking import cancel_activity
from yuqiao.evaluation.models import Adjustment, Project
from yuqiao.outreach import services as outreach
from yuqiao.outreach.models import Activity
from yuqiao.samples.tables import Bought, City

QUOTE, TEXT = "quote", "contract"
BEFORE_SIGNING = dt.timedelta(days=10)


def buy(city: City, by: Person) -> dict[str, Contract]:
    """Enter every contract, signed on its day, with its deliverables and acceptances; return them by number."""
    made = {one.number: _contract(one, by) for one in city.contracts}
    for paper in city.deliverables:
        row = contracts.add_deliverable(made[paper.contract], paper.kind, paper.title, paper.due_on, by=by)
        for day in paper.days:
            contracts.hand_in(row, day, by=by)
    for item in city.acceptances:
        contracts.accept(made[item.contract], item.stage, item.item, item.accepted_on, passed=True, by=by)
    return made


def _contract(one: Bought, by: Person) -> Contract:
    supplier = Supplier.objects.filter(name_zh=one.supplier).first() or contracts.add_supplier(
        one.supplier, by=by, university=one.university
    )
    facts = contracts.Facts(one.number, one.subject, one.procurement, one.amount_fen, one.begins_on, one.ends_on)
    made = contracts.add_contract(supplier, facts, by=by)
    for kind, party in _papers(one):
        day = one.signed_on if kind == TEXT else one.signed_on - BEFORE_SIGNING
        title = f"{one.subject}{PAPERS[kind]}（示例）"
        amount = one.amount_fen if kind == QUOTE else None
        contracts.add_paper(made, kind, title, day, by=by, party=party, amount_fen=amount)
    return contracts.sign(made, one.signed_on, by=by)


def _papers(one: Bought) -> Iterable[tuple[str, str]]:
    """Yield what the way of buying asks for: kind of paper, and who gave it; quotes come from three (S13)."""
    for kind, count in NEEDED[one.procurement].items():
        for number in range(count):
            others = f"报价单位{number}（示例）"
            yield kind, "" if kind != QUOTE else others if number else one.supplier


def reach_out(city: City, by: Person) -> dict[str, Activity]:
    """Enter activities, those held as held, with videos and honours; return what is still to be cancelled by kind."""
    left = {}
    for one in city.events:
        row = outreach.plan(one.kind, one.title, one.day, by=by, partner=one.partner, place=one.place)
        if one.cancelled:
            left[one.kind] = row
        else:
            outreach.hold(row, one.day, by=by)
    for film in city.films:
        video = outreach.add_video(film.title, film.broadcast_on, by=by, seconds=film.seconds)
        outreach.broadcast(video, film.broadcast_on, by=by)
    for prize in city.prizes:
        outreach.add_honour(prize.title, prize.awarded_by, prize.awarded_on, by=by)
    return left


def call_off(city: City, project: Project, activities: Mapping[str, Activity], by: Person) -> None:
    """Cancel what was cancelled, with the indicator it was for and the money that was cut (S70, S88)."""
    reasons = {one.kind: one.cancelled for one in city.events if one.cancelled}
    for kind, activity in activities.items():
        indicator = project.indicators.get(formula=f"outreach:{kind}")
        cut = Adjustment.objects.filter(indicator=indicator).first()
        cancel_activity(activity, reasons[kind], project, by=by, indicator=indicator, adjustment=cut)
