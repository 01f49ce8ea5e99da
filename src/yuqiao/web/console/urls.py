"""Addresses of the staff pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from yuqiao.web.console import (
    board,
    call_page,
    callbacks,
    commands,
    departments,
    desk,
    hours,
    line_edits,
    lines,
    outages,
    presence,
    recordings,
    signin,
    statistics,
    stream,
)

urlpatterns: list[URLPattern] = [
    path("", desk.home, name="home"),
    path("sign-in/", signin.sign_in, name="sign-in"),
    path("sign-out/", signin.sign_out, name="sign-out"),
    path("hours/", hours.show, name="hours"),
    path("hours/change/", hours.change, name="hours-change"),
    path("presence/", presence.choose, name="presence"),
    path("language/", signin.choose_language, name="language"),
    path("board/", board.board, name="board"),
    path("board/stream/", stream.stream, name="stream"),
    path("callbacks/", callbacks.show, name="callbacks"),
    path("callbacks/<int:callback_id>/now/", callbacks.call_now, name="callback-now"),
    path("callbacks/<int:callback_id>/close/", callbacks.close, name="callback-close"),
    path("calls/<uuid:call_id>/", call_page.show, name="call"),
    path("calls/<uuid:call_id>/listen/", recordings.listen, name="listen"),
    path("calls/<uuid:call_id>/command/", commands.ask, name="command"),
    path("recordings/<str:ticket>/", recordings.sound, name="recording"),
    path("lines/", lines.show_list, name="lines"),
    path("lines/departments/", lines.show_departments, name="line-departments"),
    path("departments/", departments.show, name="departments"),
    path("lines/add/", lines.add, name="line-add"),
    path("lines/upload/", lines.upload, name="line-upload"),
    path("lines/download/<str:name>", lines.download, name="line-download"),
    path("lines/<str:number>/", lines.show_line, name="line"),
    path("lines/<str:number>/agreement/", lines.agree, name="line-agree"),
    path("lines/<str:number>/numbers/", line_edits.dial, name="line-dial"),
    path("lines/<str:number>/merge/", line_edits.merge, name="line-merge"),
    path("lines/<str:number>/change/", lines.edit, name="line-edit"),
    path("outages/", outages.show, name="outages"),
    path("outages/change/", outages.change, name="outages-change"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/figures.csv", statistics.as_csv, name="statistics-csv"),
    path("statistics/<slug:code>/<slug:part>/", statistics.rows, name="statistics-rows"),
]
