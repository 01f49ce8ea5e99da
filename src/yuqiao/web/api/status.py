"""Languages: who is on duty, who is free, how long a caller waits."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from yuqiao.accounts.tokens import Scope
from yuqiao.hotline.figures import percentile
from yuqiao.hotline.models import InterpreterRequest, RequestState
from yuqiao.languages.catalogue import BY_CODE, FOREIGN
from yuqiao.web.api.auth import Bearer
from yuqiao.workforce import hours
from yuqiao.workforce.coverage import tier_at
from yuqiao.workforce.models import InterpreterLanguage, PresenceState

router = Router(tags=["status"], auth=Bearer(Scope.STATUS))
#: The waits of this long before now tell what to expect.
LATELY = dt.timedelta(hours=24)


class LanguageStatus(Schema):
    """One service language at this moment."""

    code: str = Field(description="BCP 47 primary subtag", examples=["ar"])
    name_zh: str = Field(examples=["阿拉伯语"])
    name_en: str = Field(examples=["Arabic"])
    tier: str = Field(description="resident, remote or none: who is on duty now", examples=["remote"])
    ready: int = Field(description="interpreters of this language who are free now", examples=[2])
    waiting: int = Field(description="callers who wait for one now", examples=[0])
    median_wait_seconds: float | None = Field(
        description="of the calls of the last 24 hours, from the request to the interpreter; null: there was none",
        examples=[9.4],
    )


@router.get("/languages", response=list[LanguageStatus], summary="Languages and who is there")
def languages(request: HttpRequest) -> list[LanguageStatus]:
    """Return every service language."""
    moment = timezone.localtime().replace(tzinfo=None)
    day = moment.date()
    windows, special = hours.windows_valid(day - dt.timedelta(days=1), day), hours.special_days(day, day)
    held = InterpreterLanguage.objects.filter(interpreter__state=PresenceState.READY)
    ready = Counter(held.values_list("language", flat=True))
    lately = InterpreterRequest.objects.filter(created_at__gte=timezone.now() - LATELY)
    waiting = Counter(lately.filter(state=RequestState.WAITING).values_list("language", flat=True))
    waits: dict[str, list[float]] = {}
    answered = lately.filter(state=RequestState.ANSWERED, settled_at__isnull=False)
    for language, created, settled in answered.values_list("language", "created_at", "settled_at"):
        if settled is not None:
            waits.setdefault(language, []).append((settled - created).total_seconds())
    return [
        LanguageStatus(
            code=code,
            name_zh=BY_CODE[code].zh,
            name_en=BY_CODE[code].en,
            tier=tier_at(windows, code, moment, special),
            ready=ready[code],
            waiting=waiting[code],
            median_wait_seconds=percentile(waits[code], 50) if code in waits else None,
        )
        for code in FOREIGN
    ]
