"""The tree of topics and how often each was used; supervisors add, rename, move, retire and bring back (S46)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yuqiao.hotline import topics
from yuqiao.hotline.models import Topic
from yuqiao.lib.clock import now
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.wrap_up import topic_name, used

USED_DAYS = 365


def _rows(branches: tuple[topics.Branch, ...], depth: int, counts: dict[int, int]) -> Iterator[dict[str, object]]:
    for branch in branches:
        topic = branch.topic
        yield {"topic": topic, "name": topic_name(topic), "depth": depth, "used": counts.get(topic.pk, 0)}
        yield from _rows(branch.below, depth + 1, counts)


@allowed(Act.REPORT)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the whole tree with the uses of a year."""
    rows = list(_rows(topics.tree(retired=True), 0, used(now() - dt.timedelta(days=USED_DAYS))))
    context = {"rows": rows, "days": USED_DAYS, "edits": may(person_of(request), Act.EDIT_TOPICS)}
    return render(request, "console/topics.html", context)


def _parent(request: HttpRequest) -> Topic | None:
    raw = request.POST.get("parent", "")
    return get_object_or_404(Topic, pk=int(raw)) if raw.isascii() and raw.isdigit() else None


@allowed(Act.EDIT_TOPICS)
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Change the tree: ``do`` is add, rename, move, retire or restore; 400 for anything else."""
    person, data = person_of(request), request.POST
    names = data.get("name_zh", ""), data.get("name_en", "")
    asked = data.get("do", "")
    if asked not in {"add", "rename", "move", "retire", "restore"}:
        return HttpResponse(status=400)
    raw = data.get("topic", "")
    topic = get_object_or_404(Topic, pk=int(raw) if raw.isascii() and raw.isdigit() else 0) if asked != "add" else None
    try:
        if topic is None:
            topics.add(*names, _parent(request), by=person)
        elif asked == "rename":
            topics.rename(topic, *names, by=person)
        elif asked == "move":
            topics.move(topic, _parent(request), by=person)
        else:
            topics.retire(topic, retired=asked == "retire", by=person)
    except topics.TopicError:
        messages.error(request, _("Not changed: both names are needed, and topics have three levels at most."))
    else:
        messages.success(request, _("Changed."))
    return redirect("topics")
