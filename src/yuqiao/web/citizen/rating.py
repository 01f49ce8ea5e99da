"""The public page behind a link: rate one call in one's own language, say something, complain; no account (S44).

The link alone opens it, so it names nobody: no number, no interpreter, no time of the call.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from yuqiao.hotline import complaints, invitations
from yuqiao.hotline.models import Complaint, Invitation, Rating
from yuqiao.languages.catalogue import BY_CODE, LANGUAGES
from yuqiao.lib.clock import now
from yuqiao.web.citizen import limits
from yuqiao.web.citizen.words import RATING

#: So many unknown links from one address, and so many posts with one link, within `limits.SECONDS`.
MOST_UNKNOWN, MOST_POSTS = 60, 12
FALLBACK = "en"


def _language(request: HttpRequest, invitation: Invitation | None) -> str:
    """Return the language asked for, the caller's own, or the first one that the browser reads and we speak."""
    asked = request.GET.get("lang") or request.POST.get("lang") or ""
    if asked in BY_CODE:
        return asked
    if invitation is not None:
        return invitation.language
    accepted = request.headers.get("accept-language", "").lower().split(",")
    codes = (part.split(";")[0].strip().split("-")[0] for part in accepted)
    return next((code for code in codes if code in BY_CODE), FALLBACK)


def _page(request: HttpRequest, invitation: Invitation | None, status: int = 200, **more: object) -> HttpResponse:
    code = _language(request, invitation)
    context = {
        "w": RATING[code],
        "language": BY_CODE[code],
        "languages": LANGUAGES,
        "invitation": invitation,
        "scores": list(enumerate(RATING[code].scores, 1))[::-1],
        **more,
    }
    response = render(request, "citizen/rate.html", context, status=status)
    response["Content-Language"] = code
    response["X-Robots-Tag"] = "noindex"
    # The address is the key: it goes to nobody else. "no-referrer" would make browsers post with Origin: null.
    response["Referrer-Policy"] = "same-origin"
    return response


def _find(request: HttpRequest, token: str) -> tuple[Invitation | None, HttpResponse | None]:
    """Return the invitation, or the page that says why there is none."""
    address = request.META.get("REMOTE_ADDR", "")
    if limits.reached("unknown-link", address, MOST_UNKNOWN):
        return None, _page(request, None, 429, state="too_many")
    invitation = Invitation.objects.filter(token=token).first()
    if invitation is None:
        limits.count("unknown-link", address)
        return None, _page(request, None, 404, state="closed")
    if request.method == "POST":
        if limits.reached("link", token, MOST_POSTS):
            return None, _page(request, invitation, 429, state="too_many")
        limits.count("link", token)
    return invitation, None


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form, or take what was chosen; a link preview that only reads changes nothing."""
    invitation, refused = _find(request, token)
    if invitation is None or refused is not None:
        return refused or _page(request, None, 404, state="closed")
    if not invitations.is_open(invitation, now()):
        return _page(request, invitation, 410, state="closed")
    if request.method == "POST":
        return _take(request, invitation)
    rating = Rating.objects.filter(call_id=invitation.call_id).first()
    if rating is not None and "change" not in request.GET:
        return _page(request, invitation, state="thanks")
    complaint = Complaint.objects.filter(call_id=invitation.call_id, source="survey").first()
    return _form(
        request,
        invitation,
        chosen=0 if rating is None else rating.score,
        typed="" if rating is None else rating.words,
        complained="" if complaint is None else complaint.text,
    )


def _form(
    request: HttpRequest, invitation: Invitation, *, chosen: int, typed: str, complained: str, problem: bool = False
) -> HttpResponse:
    filled = {"chosen": chosen, "typed": typed, "complained": complained}
    return _page(request, invitation, 422 if problem else 200, state="form", problem=problem, **filled)


def _take(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    chosen, text = request.POST.get("score", ""), request.POST.get("words", "")
    if chosen not in {"1", "2", "3", "4", "5"}:
        complained = request.POST.get("complaint", "")
        return _form(request, invitation, chosen=0, typed=text, complained=complained, problem=True)
    try:
        rating = invitations.rate(invitation, int(chosen), text)
    except invitations.LinkClosedError:
        return _page(request, invitation, 410, state="closed")
    complaints.from_link(rating.call, request.POST.get("complaint", ""))
    return redirect(reverse("rate", args=[invitation.token]) + f"?lang={_language(request, invitation)}")


@require_POST
def no_more(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the link wants no more messages to this number."""
    invitation, refused = _find(request, token)
    if invitation is None or refused is not None:
        return refused or _page(request, None, 404, state="closed")
    invitations.say_consent(invitation.call.caller_number, allowed=False, by=None)
    return _page(request, invitation, state="no_more")
