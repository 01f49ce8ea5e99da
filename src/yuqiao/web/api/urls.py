"""Addresses for machines."""

from __future__ import annotations

from typing import Any

from django.urls import path

from yuqiao.web.api import health, metrics
from yuqiao.web.api.root import api

urlpatterns: list[Any] = [
    path("api/1/", api.urls),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", metrics.metrics, name="metrics"),
]
