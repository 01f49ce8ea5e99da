"""The tree of topics: supervisors add, rename, move, retire and bring back; what was used is never deleted (S46)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline.models import Topic
from yuqiao.lib import clock

DEEPEST = 3


class TopicError(ValueError):
    """The tree cannot become as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A topic with those below it."""

    topic: Topic
    below: tuple[Branch, ...]


def tree(*, retired: bool = False) -> tuple[Branch, ...]:
    """Return the whole tree by one query; retired topics (and what hangs on them) only where asked for."""
    topics = list(Topic.objects.all() if retired else Topic.objects.filter(retired_at=None))

    def under(parent: int | None) -> tuple[Branch, ...]:
        return tuple(Branch(one, under(one.pk)) for one in topics if one.parent_id == parent)

    return under(None)


def _depth(topic: Topic | None) -> int:
    depth = 0
    while topic is not None:
        depth, topic = depth + 1, topic.parent
    return depth


def _height(branches: Iterable[Topic]) -> int:
    return max((1 + _height(one.children.all()) for one in branches), default=0)


def _named(name_zh: str, name_en: str) -> dict[str, str]:
    names = {"name_zh": name_zh.strip()[:40], "name_en": name_en.strip()[:60]}
    if not all(names.values()):
        raise TopicError("a topic has a Chinese and an English name")
    return names


def add(name_zh: str, name_en: str, parent: Topic | None, *, by: Person) -> Topic:
    """Add a topic at the end of its parent's; journaled."""
    names = _named(name_zh, name_en)
    if _depth(parent) >= DEEPEST:
        raise TopicError(f"topics have {DEEPEST} levels at most")
    with transaction.atomic():
        last = Topic.objects.filter(parent=parent).aggregate(last=Max("place"))["last"]
        topic = Topic.objects.create(parent=parent, place=0 if last is None else last + 1, **names)
        record(by, "topic.add", topic, {"parent": None if parent is None else parent.pk})
    return topic


def rename(topic: Topic, name_zh: str, name_en: str, *, by: Person) -> None:
    """Give a topic other names; what it was used for keeps it. Journaled."""
    names = _named(name_zh, name_en)
    with transaction.atomic():
        Topic.objects.filter(pk=topic.pk).update(**names)
        record(by, "topic.rename", topic, {"before": topic.name_zh, "after": names["name_zh"]})


def move(topic: Topic, parent: Topic | None, *, by: Person) -> None:
    """Hang a topic, with all below it, under another one or at the top; TopicError under itself or too deep."""
    with transaction.atomic():
        above = parent
        while above is not None:
            if above.pk == topic.pk:
                raise TopicError("a topic cannot hang under itself")
            above = above.parent
        if _depth(parent) + _height([topic]) > DEEPEST:
            raise TopicError(f"topics have {DEEPEST} levels at most")
        last = Topic.objects.filter(parent=parent).aggregate(last=Max("place"))["last"]
        Topic.objects.filter(pk=topic.pk).update(parent=parent, place=0 if last is None else last + 1)
        record(by, "topic.move", topic, {"to": None if parent is None else parent.pk})


def retire(topic: Topic, *, retired: bool, by: Person) -> None:
    """Take a topic out of the forms, or bring it back; figures of the past keep it. Journaled."""
    with transaction.atomic():
        Topic.objects.filter(pk=topic.pk).update(retired_at=clock.now() if retired else None)
        record(by, "topic.retire" if retired else "topic.restore", topic)
