"""Addresses of the pages of the performance evaluation."""

from __future__ import annotations

from django.urls import URLPattern, path

from yuqiao.web.console.projects import (
    begin,
    compare,
    dashboard,
    documents,
    evidence,
    imports,
    indicator,
    indicator_form,
    lists,
    money,
    piece,
    plan,
    preparing,
    process,
    report,
    review,
    scheme,
    sheet,
)

urlpatterns: list[URLPattern] = [
    path("", lists.show, name="projects"),
    path("compare/", compare.show, name="projects-compare"),
    path("import/", imports.page, name="project-import"),
    path("begin/", begin.begin, name="project-begin"),
    path("begin/from/", begin.begin_from, name="project-begin-from"),
    path("<int:project_id>/", dashboard.show, name="project"),
    path("<int:project_id>/indicators/<int:indicator_id>/", indicator.page, name="project-indicator"),
    path("<int:project_id>/indicators/<int:indicator_id>/change/", indicator_form.page, name="project-indicator-form"),
    path("<int:project_id>/change/", begin.change, name="project-change"),
    path("<int:project_id>/plan/", plan.page, name="project-plan"),
    path("<int:project_id>/plan/sheet/", sheet.page, name="project-sheet"),
    path("<int:project_id>/plan/indicators.xlsx", sheet.download, name="project-sheet-file"),
    path("<int:project_id>/preparing/", preparing.page, name="project-preparing"),
    path("<int:project_id>/scheme/", scheme.page, name="project-scheme"),
    path("<int:project_id>/money/", money.page, name="project-money"),
    path("<int:project_id>/evidence/", evidence.page, name="project-evidence"),
    path("<int:project_id>/evidence/<int:piece_id>/", piece.page, name="project-piece"),
    path("<int:project_id>/evidence/<int:piece_id>/file", piece.download, name="project-piece-file"),
    path("<int:project_id>/review/", review.page, name="project-review"),
    path("<int:project_id>/report/", report.page, name="project-report"),
    path("<int:project_id>/process/", process.page, name="project-process"),
    path("<int:project_id>/versions/<int:number>/", process.version, name="project-version"),
    path("<int:project_id>/versions/<int:number>/<str:file>", process.sealed, name="project-sealed"),
    path("<int:project_id>/documents/", documents.page, name="project-documents"),
    path("<int:project_id>/documents/<slug:code>/<slug:copy>.<str:kind>", documents.download, name="project-document"),
]
