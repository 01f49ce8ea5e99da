"""Figures of operation in the text format of Prometheus, read from rows when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from yuqiao.accounts.tokens import Scope, holder_of
from yuqiao.hotline.models import Call, Callback, InterpreterRequest, Lease, Outage, RequestState
from yuqiao.lib.clock import now
from yuqiao.web.console.today import today
from yuqiao.workforce.models import Interpreter, PresenceState

CALLS = ("yuqiao_calls_running", "Calls that are not over.")


class Rows(Collector):
    """What the rows say now; no label tells of a person."""

    def collect(self) -> Iterator[Metric]:
        """Yield each family."""
        at = now()
        running = Call.objects.filter(ended_at=None)
        yield GaugeMetricFamily(*CALLS, value=running.count())
        yield self._waiting()
        states = GaugeMetricFamily("yuqiao_interpreters", "Interpreters by state.", labels=["state"])
        held = dict(Interpreter.objects.values_list("state").annotate(n=Count("pk")))
        for state in PresenceState.values:
            states.add_metric([state], held.get(state, 0))
        yield states
        owed = Callback.objects.filter(done_at=None)
        yield GaugeMetricFamily("yuqiao_callbacks_open", "Missed calls not called back.", value=owed.count())
        late = owed.filter(due_at__lt=at).count()
        yield GaugeMetricFamily("yuqiao_callbacks_late", "Of these, past their time.", value=late)
        open_outages = Outage.objects.filter(ended_at=None).count()
        yield GaugeMetricFamily("yuqiao_outages_open", "Outages not over.", value=open_outages)
        day = today(at)
        yield GaugeMetricFamily("yuqiao_calls_today", "Calls begun since midnight.", value=day.calls)
        yield GaugeMetricFamily("yuqiao_calls_served_today", "Of these, an interpreter joined.", value=day.served)
        if day.p95 is not None:
            text = "Time to interpreter of today's calls, 95th percentile."
            yield GaugeMetricFamily("yuqiao_time_to_interpreter_p95_seconds", text, value=day.p95)
        lease = Lease.objects.filter(until__gt=at).exists()
        yield GaugeMetricFamily("yuqiao_call_server_active", "Whether a call server holds the lease.", value=lease)

    def _waiting(self) -> Metric:
        """Requests that wait, and how long the first of each language does."""
        family = GaugeMetricFamily("yuqiao_waiting_seconds", "Longest wait for an interpreter.", labels=["language"])
        open_ones = InterpreterRequest.objects.filter(state=RequestState.WAITING, call__ended_at=None)
        for language, first in open_ones.values_list("language").annotate(first=Min("created_at")):
            family.add_metric([language], (now() - first).total_seconds())
        return family


REGISTRY = CollectorRegistry(auto_describe=False)
REGISTRY.register(Rows())


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures to who brings a token of scope ``metrics``; 401 and 403 to others."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    token = holder_of(secret) if kind.lower() == "bearer" else None
    if token is None:
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    if Scope.METRICS not in token.scopes:
        return HttpResponse(status=403)
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
