"""Every address the web process answers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yuqiao.web.api.urls")),
    path("", include("yuqiao.web.citizen.urls")),
    path("admin/", include("yuqiao.web.registry.urls")),
    path("", include("yuqiao.web.console.urls")),
]
