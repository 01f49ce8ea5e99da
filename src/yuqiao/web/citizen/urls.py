"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from yuqiao.web.citizen import rating

urlpatterns: list[URLPattern] = [
    path("<str:token>/", rating.show, name="rate"),
    path("<str:token>/no-more/", rating.no_more, name="rate-no-more"),
]
