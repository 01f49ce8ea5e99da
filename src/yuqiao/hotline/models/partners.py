"""What partners' systems asked for. Rows only."""

from __future__ import annotations

from django.db import models

from yuqiao.accounts.models import ApiToken
from yuqiao.hotline.models.outbound import Order


class PartnerRequest(models.Model):
    """A request for an interpreter that came by the open interface. ``key`` is the partner's own number of it: sent a
    second time it is the same request, so that a system that got no answer may ask again."""

    token = models.ForeignKey(ApiToken, models.PROTECT, related_name="requests")
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)  # of what was asked under this key
    order = models.OneToOneField(Order, models.PROTECT, related_name="asked_by_partner")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_request_per_key")]

    def __str__(self) -> str:
        return self.key
