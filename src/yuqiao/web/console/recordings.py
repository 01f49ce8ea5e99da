"""Hearing a finished recording: who may, noted in the journal each time, and the sound in ranges.

A person first says that she listens (POST); that enters the journal and yields tickets, each good for one file, one
person and one hour. Sound is given only for a ticket, so nothing is heard that the journal does not know.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yuqiao.accounts.services import record
from yuqiao.hotline.models import Call, Recording
from yuqiao.web.console import words
from yuqiao.web.console.byte_ranges import NoSuchRangeError, wanted_range
from yuqiao.web.console.call_page import tracks_of
from yuqiao.web.console.gate import Act, allowed, may, person_of

SALT = "yuqiao.recording"
TICKET_SECONDS = 3600
PIECE = 256 * 1024


@require_POST
@allowed(Act.LISTEN)
def listen(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """Note in the journal that this person listens, and return where the tracks are; 404 when there are none."""
    call = get_object_or_404(Call, pk=call_id)
    person = person_of(request)
    tracks = tracks_of(call) if call.ended_at else []
    if not tracks:
        raise Http404
    record(person, "recording.listen", call, {"recordings": [track.pk for track in tracks]})
    return JsonResponse({"tracks": [_track(track, person.pk, call.way_in) for track in tracks]})


def _track(track: Recording, person_id: int, way_in: str) -> dict[str, object]:
    ticket = signing.dumps({"recording": track.pk, "person": person_id}, salt=SALT)
    leg = track.leg
    return {
        "url": reverse("recording", args=[ticket]),
        "role": leg.role if leg and leg.role in words.PARTIES else "third" if leg else "mix",
        "role_word": words.word(words.PARTIES, leg.role) if leg else "",
        "name": words.party_name(leg, way_in) if leg else "",
    }


@require_GET
@login_required
def sound(request: HttpRequest, ticket: str) -> HttpResponseBase:
    """Give the sound that a ticket stands for, whole or in one range (RFC 9110 section 14)."""
    try:
        said = signing.loads(ticket, salt=SALT, max_age=TICKET_SECONDS)
    except signing.BadSignature as error:
        raise PermissionDenied from error
    person = person_of(request)
    if said["person"] != person.pk or not may(person, Act.LISTEN):
        raise PermissionDenied
    recording = get_object_or_404(Recording, pk=said["recording"])
    path = file_of(recording)
    size = path.stat().st_size
    etag = f'"{recording.sha256 or path.stat().st_mtime_ns}"'
    asked = request.headers.get("Range") if request.headers.get("If-Range", etag) == etag else None
    try:
        part = wanted_range(asked, size)
    except NoSuchRangeError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, length = part or (0, size)
    response = StreamingHttpResponse(
        _pieces(path, first, length), content_type="audio/wav", status=206 if part else 200
    )
    response["Content-Length"] = str(length)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    if part:
        response["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
    return response


def file_of(recording: Recording) -> Path:
    """Return the file of a recording; 404 when it is gone, or when its path leads out of the recordings folder."""
    folder = Path(settings.RECORDINGS_DIR).resolve()
    path = (folder / recording.path).resolve()
    if not recording.path or not path.is_relative_to(folder) or not path.is_file():
        raise Http404
    return path


async def _pieces(path: Path, first: int, length: int) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        file.seek(first)
        while length > 0 and (piece := await asyncio.to_thread(file.read, min(PIECE, length))):
            length -= len(piece)
            yield piece
