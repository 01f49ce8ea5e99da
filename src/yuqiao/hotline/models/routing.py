"""Policies of routing, the domain of a line, and every decision with its reasons. Rows only."""

from __future__ import annotations

from django.db import models

from yuqiao.hotline.models.calls import InterpreterRequest
from yuqiao.hotline.models.lines import Line


class RoutingPolicy(models.Model):
    """How requests of one class of lines are routed: the fields of `hotline.routing.Policy` that differ from its
    defaults. A class without a row has the defaults."""

    line_class = models.CharField(max_length=12, unique=True)
    rules = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.line_class


class LineDomain(models.Model):
    """What the calls of a line ask of interpreters: domain and gender (empty: none), the least level.

    Without a row: the domain of `hotline.routing_tables.KINDS`.
    """

    line = models.OneToOneField(Line, models.CASCADE, related_name="routing_domain")
    domain = models.CharField(max_length=12, blank=True)
    gender = models.CharField(max_length=1, blank=True, default="")
    level = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.line}: {self.domain}"


class RoutingDecision(models.Model):
    """What was decided for a request at a moment, and why: never what would be decided now.

    ``chosen``: ids of those rung. ``facts`` is compact: ``cover`` (tier on duty), ``opens`` {tier: seconds},
    ``given_up`` [wishes], ``counts`` {verdict: number} of everybody, ``best`` [[id, number, tier, verdict, idle s,
    level, rung from s or null, familiar 0/1], …] of the best 20, ``ahead`` (requests before it), ``again`` (s),
    ``class`` (of lines), ``wish``.
    """

    class Outcome(models.TextChoices):
        RUNG = "rung", "振铃"
        WAIT = "wait", "等待"
        NOBODY = "nobody", "无人可接"

    request = models.ForeignKey(InterpreterRequest, models.CASCADE, related_name="decisions")
    at = models.DateTimeField()
    waited_ms = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason = models.CharField(max_length=12, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    chosen = models.JSONField(default=list)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.outcome} {self.waited_ms} ms"
