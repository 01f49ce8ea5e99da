"""The big screen: what a room must see from 6 m, and nothing else. No control, no name, no number of a caller.

Who may watch the board may open it. A screen that nobody signs in at is let in once by its key (``YUQIAO_WALL_KEY``)
and keeps a signed cookie that is good for these pages alone; another key shuts every such screen out.
"""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from yuqiao.accounts.models import Person
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, may
from yuqiao.web.console.pieces import WALL, pieces
from yuqiao.web.console.stream import following

COOKIE = "yuqiao_wall"
COOKIE_SECONDS = 400 * 24 * 3600  # as long as browsers keep one (RFC 6265bis, 5.5)


def _admission() -> str:
    """Return what a screen's cookie holds: it follows from the key, and does not tell it."""
    return salted_hmac("yuqiao.wall", settings.WALL_KEY).hexdigest()


def _is_screen(request: HttpRequest) -> bool:
    kept = request.COOKIES.get(COOKIE, "")
    return bool(settings.WALL_KEY and kept) and constant_time_compare(kept, _admission())


def _watches(user: object) -> bool:
    return isinstance(user, Person) and user.is_active and may(user, Act.WATCH)


@require_GET
def enter(request: HttpRequest) -> HttpResponseBase:
    """Let a screen in by the key in its address, and lead it away from that address."""
    if not settings.WALL_KEY or not constant_time_compare(request.GET.get("key", ""), settings.WALL_KEY):
        raise PermissionDenied
    response = redirect("wall")
    response.set_cookie(
        COOKIE,
        _admission(),
        max_age=COOKIE_SECONDS,
        path=reverse("wall"),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Strict",
    )
    return response


@require_GET
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the room's screen; who is nobody yet is asked to sign in."""
    if not _is_screen(request) and not _watches(request.user):
        if not isinstance(request.user, Person):
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied
    at = now()
    piece = pieces([WALL], at, get_language() or "zh-hans")[WALL]["wall"]
    return render(request, "console/wall.html", {"piece": piece, "now": words.epoch_ms(at)})


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Follow the room's screen live; 403 for who may not."""
    if not _is_screen(request) and not await sync_to_async(_watches)(await request.auser()):
        return HttpResponse(status=403)
    return following(0, WALL)
