"""The outage log (S42): what the call server noticed by itself, and what people entered or announced.

The call server's lease tells when one was last at work; the next one writes the gap. An engine that cannot be reached
is noted while it is away and closed when it is back. So an outage is in the log even when who noticed it died.
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline import hooks
from yuqiao.hotline.models import Lease, Line, Outage, Recording, Service
from yuqiao.lib import clock

#: The lease of the active call server.
LEASE = "calls"
#: A renewal is due each second; what is shorter than this is no outage but a hand-over.
SHORTEST = dt.timedelta(seconds=2)
#: The lease holds for 4 s: a call server that was silent for longer is away.
SILENT = dt.timedelta(seconds=5)
#: Codes that the call server writes as a cause.
CALL_SERVER_AWAY, ENGINE_UNREACHABLE, LEASE_LAPSED = "call_server_away", "engine_unreachable", "lease_lapsed"
RECORDINGS_UNWRITABLE = "recordings_unwritable"
CAUSES = (CALL_SERVER_AWAY, ENGINE_UNREACHABLE, LEASE_LAPSED, RECORDINGS_UNWRITABLE)


class OutageError(ValueError):
    """An entry of the log makes no sense; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def began(service: Service, at: dt.datetime, cause: str) -> None:
    """Note that ``service`` is away since ``at``; nothing changes while it is known to be away."""
    if Outage.objects.filter(service=service, automatic=True, ended_at=None, withdrawn_at=None).exists():
        return
    try:
        with transaction.atomic():
            outage = Outage.objects.create(
                service=service, began_at=at, automatic=True, cause=cause, entered_at=clock.now()
            )
            hooks.service_is(outage, up=False)
    except IntegrityError:  # another call server noticed it in the same moment
        return


def over(service: Service, at: dt.datetime) -> int:
    """Note that ``service`` is there again; returns how many outages that closed."""
    with transaction.atomic():
        if service is Service.CALLS:  # at work before it first renews its lease
            Lease.objects.filter(name=LEASE).update(alive_at=at)
        lasting = Outage.objects.filter(service=service, automatic=True, ended_at=None, withdrawn_at=None)
        closed = list(lasting)
        for one in closed:
            hooks.service_is(one, up=True)
        return lasting.update(ended_at=at) if closed else 0


def recordings(at: dt.datetime, *, works: bool) -> None:
    """Note that recordings cannot be written, or can be again; calls go on meanwhile."""
    if works:
        over(Service.RECORD, at)
    else:
        began(Service.RECORD, at, RECORDINGS_UNWRITABLE)


def recordings_proved(at: dt.datetime) -> None:
    """Close what nobody told of any more, once a recording of a second or longer was begun after it and completed."""
    lasting = Outage.objects.filter(service=Service.RECORD, automatic=True, ended_at=None, withdrawn_at=None).first()
    if lasting is None:
        return
    good = Recording.objects.filter(created_at__gt=lasting.began_at, duration_ms__gte=1000, verified_at=None)
    if good.exists():
        over(Service.RECORD, at)


def unwritable_since() -> dt.datetime | None:
    """Return since when recordings cannot be written; None if they can."""
    lasting = Outage.objects.filter(service=Service.RECORD, automatic=True, ended_at=None, withdrawn_at=None)
    return lasting.values_list("began_at", flat=True).first()


def lapsed(since: dt.datetime, until: dt.datetime) -> None:
    """Note that the active call server could not renew its lease, and so did nothing, from ``since`` to ``until``."""
    Outage.objects.create(
        service=Service.CALLS,
        began_at=since,
        ended_at=until,
        automatic=True,
        cause=LEASE_LAPSED,
        entered_at=clock.now(),
    )


def took_over(now: dt.datetime) -> dt.datetime | None:
    """Open an outage if no call server was at work until ``now``; return since when, None if there was no gap."""
    since = _silent_since()
    if since is None or now - since < SHORTEST:
        return None
    began(Service.CALLS, since, CALL_SERVER_AWAY)
    return since


def away_since(now: dt.datetime) -> dt.datetime | None:
    """Return since when no call server is at work, while nobody has written it down yet; None if one is."""
    since = _silent_since()
    return since if since is not None and now - since > SILENT else None


def _silent_since() -> dt.datetime | None:
    return Lease.objects.filter(name=LEASE).values_list("alive_at", flat=True).first()


def _words(text: str) -> str:
    text = text.strip()
    if not text or len(text) > 200:
        raise OutageError("words")
    return text


def enter(
    service: str,
    begin: dt.datetime,
    end: dt.datetime | None,
    cause: str,
    *,
    by: Person,
    line: Line | None = None,
) -> Outage:
    """Write down an outage that the machine could not see (a trunk, a partner's line); journaled."""
    now = clock.now()
    if begin > now or (end is not None and not begin < end <= now):
        raise OutageError("past")
    return _write(service, begin, end, cause, by=by, line=line, planned=False)


def announce(
    service: str, begin: dt.datetime, end: dt.datetime, cause: str, *, by: Person, line: Line | None = None
) -> Outage:
    """Announce maintenance before it begins; only then it does not count against availability. Journaled."""
    if not clock.now() < begin < end:
        raise OutageError("future")
    return _write(service, begin, end, cause, by=by, line=line, planned=True)


def _write(
    service: str,
    begin: dt.datetime,
    end: dt.datetime | None,
    cause: str,
    *,
    by: Person,
    line: Line | None,
    planned: bool,
) -> Outage:
    if service not in Service.values or (service == Service.LINE) != (line is not None):
        raise OutageError("service")
    with transaction.atomic():
        outage = Outage.objects.create(
            service=service,
            line=line,
            began_at=begin,
            ended_at=end,
            planned=planned,
            cause=_words(cause),
            entered_at=clock.now(),
            entered_by=by,
        )
        if end is None:
            hooks.service_is(outage, up=False)
        record(by, "outage.announce" if planned else "outage.enter", outage, {"service": service})
    return outage


def explain(outage: Outage, cause: str, *, by: Person) -> None:
    """Say what the cause was, once it is known; journaled with what was said before."""
    with transaction.atomic():
        before = Outage.objects.select_for_update().get(pk=outage.pk).cause
        Outage.objects.filter(pk=outage.pk).update(cause=_words(cause))
        record(by, "outage.explain", outage, {"before": before})


def close(outage: Outage, end: dt.datetime, *, by: Person) -> None:
    """Say when an outage that a person entered was over; journaled. An announced end stays as announced."""
    with transaction.atomic():
        lasting = Outage.objects.filter(pk=outage.pk, ended_at=None, automatic=False, withdrawn_at=None)
        if not outage.began_at < end <= clock.now() or not lasting.update(ended_at=end):
            raise OutageError("closed")
        hooks.service_is(outage, up=True)
        record(by, "outage.close", outage)


def withdraw(outage: Outage, reason: str, *, by: Person) -> None:
    """Take back an entry that was wrong; it stays in the log, crossed out, with who did it and why. Journaled."""
    with transaction.atomic():
        standing = Outage.objects.filter(pk=outage.pk, withdrawn_at=None)
        lasted = standing.filter(ended_at=None).exists()
        if not standing.update(withdrawn_at=clock.now(), withdrawn_by=by, withdrawn_reason=_words(reason)):
            raise OutageError("closed")
        if lasted:
            hooks.service_is(outage, up=True)
        record(by, "outage.withdraw", outage)
