"""Addresses of the pages of the performance evaluation."""

from __future__ import annotations

from django.urls import URLPattern, path

from yuqiao.web.console.projects import compare, dashboard, indicator, lists

urlpatterns: list[URLPattern] = [
    path("", lists.show, name="projects"),
    path("compare/", compare.show, name="projects-compare"),
    path("<int:project_id>/", dashboard.show, name="project"),
    path("<int:project_id>/indicators/<int:indicator_id>/", indicator.show, name="project-indicator"),
]
