"""What a caller's page and an interpreter's tell each other to see each other. Rows only, and none of them stays."""

from __future__ import annotations

import uuid

from django.db import models

from yuqiao.hotline.models.calls import Call, Leg


class Picture(models.Model):
    """The picture between the caller and one interpreter of a running call: one offer, one answer.

    ``id`` names the offer: another offer is another id, so that no answer comes to the wrong one. ``leg`` is the
    interpreter's: with it the picture ends, and the row goes, since SDP holds the addresses of two people. ``again``:
    her page was loaded anew and knows nothing of the offer it answered. What lasts are the call's events.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.OneToOneField(Call, models.CASCADE, related_name="picture")
    leg = models.ForeignKey(Leg, models.CASCADE, related_name="+")
    offer = models.TextField()
    answer = models.TextField(blank=True)
    again = models.BooleanField(default=False)
    refused = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)
