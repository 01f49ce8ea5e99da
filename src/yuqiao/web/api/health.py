"""Whether this process lives, and whether the platform can serve: for load balancers and watchers. Tells no secrets."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from yuqiao.hotline.models import Lease
from yuqiao.lib.clock import now


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers at all."""
    return JsonResponse({"live": True})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when pages and calls can be served, else 503; ``parts`` says what is missing.

    ``database``: ``ok``, ``unreachable``, or ``behind`` (migrations are missing). ``calls``: ``ok``, or ``absent``
    where no call server renews its lease: then nobody answers the hotline.
    """
    parts = {"database": "ok", "calls": "ok"}
    try:
        if _behind():
            parts["database"] = "behind"
        if not Lease.objects.filter(until__gt=now()).exists():
            parts["calls"] = "absent"
    except DatabaseError:
        parts |= {"database": "unreachable", "calls": "unknown"}
    fit = all(state == "ok" for state in parts.values())
    return JsonResponse({"ready": fit, "parts": parts}, status=200 if fit else 503)


def _behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
