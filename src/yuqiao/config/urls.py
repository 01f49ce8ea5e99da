"""Every address the web process answers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("r/", include("yuqiao.web.citizen.urls")),
    path("", include("yuqiao.web.console.urls")),
]
