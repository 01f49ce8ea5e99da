"""Lists of people who are called: opened, filled by upload, begun, paused and stopped by a person; erased (S46)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline.models import Campaign, CampaignState, Line, NoCallNumber, Order, OrderKind, OrderOutcome
from yuqiao.hotline.people_sheets import Refused, read
from yuqiao.lib import clock
from yuqiao.lib.hours import Hours

#: Which state may follow which; one that was stopped stays so.
NEXT: dict[str, frozenset[str]] = {
    CampaignState.PAUSED: frozenset({CampaignState.RUNNING, CampaignState.STOPPED}),
    CampaignState.RUNNING: frozenset({CampaignState.PAUSED, CampaignState.STOPPED}),
    CampaignState.STOPPED: frozenset(),
}
#: The hours of a list lie within these: nobody is called at night for a survey.
DAYTIME = Hours(dt.time(8), dt.time(21))


class CampaignError(ValueError):
    """A wish about a campaign makes no sense; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Plan:
    """How a campaign calls; see `models.Campaign`."""

    name: str
    hours: Hours
    attempts: int
    pause_minutes: int
    reserve: int
    ends_at: dt.datetime
    line: str = ""
    sheet: str = ""
    sensitive: bool = False
    keep_until: dt.date | None = None


def open_campaign(plan: Plan, *, by: Person) -> Campaign:
    """Write a campaign, paused and without people; CampaignError says what to mend."""
    now = clock.now()
    line = Line.objects.filter(number=plan.line).first()
    wrong = {
        "missing": not plan.name.strip(),
        "hours": plan.hours.first < DAYTIME.first or plan.hours.last > DAYTIME.last,
        "numbers": not (1 <= plan.attempts <= 10 and 5 <= plan.pause_minutes <= 10_080 and 1 <= plan.reserve <= 50),
        "ends": plan.ends_at <= now,
        "line": bool(plan.line) and line is None,
        "sheet": bool(plan.sheet) and not plan.sheet.startswith(("https://", "http://")),
        "keep_until": plan.sensitive and plan.keep_until is None,
    }
    for code, holds in wrong.items():
        if holds:
            raise CampaignError(code)
    with transaction.atomic():
        campaign = Campaign.objects.create(
            name=plan.name.strip()[:80],
            line=line,
            sheet=plan.sheet[:300],
            first_hour=plan.hours.first,
            last_hour=plan.hours.last,
            attempts=plan.attempts,
            pause_minutes=plan.pause_minutes,
            reserve=plan.reserve,
            ends_at=plan.ends_at,
            sensitive=plan.sensitive,
            keep_until=plan.keep_until,
            created_at=now,
            created_by=by,
        )
        record(by, "campaign.open", campaign, {"sensitive": campaign.sensitive})
        return campaign


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of an upload: how many are new, were there already, want no calls; and the rows refused."""

    new: int
    known: int
    unwilling: int
    refused: tuple[Refused, ...]


def fill(campaign: Campaign, data: bytes, *, by: Person) -> Filled:
    """Add the people of a file: each number once, nobody without consent, nobody who wants no more calls."""
    people, refused = read(data)
    now = clock.now()
    with transaction.atomic():
        if campaign.state == CampaignState.STOPPED or campaign.erased_at is not None:
            raise CampaignError("closed")
        numbers = [one.number for one in people]
        known = set(campaign.orders.values_list("number", flat=True))
        unwilling = set(NoCallNumber.objects.values_list("number", flat=True)) & set(numbers)
        fresh = [one for one in people if one.number not in known and one.number not in unwilling]
        Order.objects.bulk_create(
            Order(
                kind=OrderKind.OUTREACH,
                campaign=campaign,
                line=campaign.line,
                number=one.number,
                name=one.name,
                language=one.language,
                consent=one.consent,
                note=one.note,
                begins_at=now,
                next_try_at=now,
                latest_at=campaign.ends_at,
                created_at=now,
                asked_by=by,
            )
            for one in fresh
        )
        filled = Filled(len(fresh), len(known & set(numbers)), len(unwilling - known), tuple(refused))
        detail = {"new": filled.new, "known": filled.known, "unwilling": filled.unwilling, "refused": len(refused)}
        record(by, "campaign.fill", campaign, detail)
        return filled


def move(campaign: Campaign, to: str, *, by: Person) -> None:
    """Begin, pause or stop a campaign; stopping closes whom it did not reach yet."""
    before = [state for state, after in NEXT.items() if to in after]
    with transaction.atomic():
        if not Campaign.objects.filter(pk=campaign.pk, state__in=before).update(state=to):
            raise CampaignError("state")
        closed = 0
        if to == CampaignState.STOPPED:
            left = campaign.orders.filter(done_at=None, running=None)
            closed = left.update(done_at=clock.now(), outcome=OrderOutcome.CANCELLED)
        record(by, "campaign.move", campaign, {"state": to, "closed": closed})


def progress(campaigns: list[Campaign]) -> dict[int, dict[str, int]]:
    """Return, by campaign, how many people there are, open, and closed by each outcome; one query."""
    parts = {outcome: Count("pk", filter=Q(outcome=outcome)) for outcome in OrderOutcome.values}
    rows = (
        Order.objects.filter(campaign__in=campaigns)
        .order_by()
        .values("campaign")
        .annotate(all=Count("pk"), open=Count("pk", filter=Q(done_at=None)), **parts)
    )
    empty = dict.fromkeys(("all", "open", *OrderOutcome.values), 0)
    found = {campaign.pk: empty for campaign in campaigns}
    for row in rows:
        counted: dict[str, Any] = {**row}
        found[counted["campaign"]] = {name: counted[name] for name in empty}
    return found


def erase_expired(now: dt.datetime, today: dt.date) -> int:
    """Erase numbers, names, notes and consents of sensitive campaigns kept long enough; the figures stay."""
    erased = 0
    for campaign in Campaign.objects.filter(sensitive=True, erased_at=None, keep_until__lt=today):
        with transaction.atomic():
            if not Campaign.objects.filter(pk=campaign.pk, erased_at=None).update(
                erased_at=now, state=CampaignState.STOPPED
            ):
                continue
            campaign.orders.filter(done_at=None, running=None).update(done_at=now, outcome=OrderOutcome.CANCELLED)
            erased += campaign.orders.update(number="", name="", note="", consent="")
            record(None, "campaign.erase", campaign, {"people": campaign.orders.count()})
    return erased
