"""Hearing the recording of a call: who may, for what, which parts; and the sound itself, in ranges.

A person first says what she listens for (POST); that begins a sitting (`hotline.listenings`), which the journal knows.
Sound is given only within her own sitting, as one file with a channel for each party, so that whatever is played, at
whatever speed, is in step. The page tells what was heard; a sitting ends with it.
"""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yuqiao.hotline import interleaved, lanes, listenings, waveform
from yuqiao.hotline.heard import Span
from yuqiao.hotline.lanes import Lane, Placed, Reels
from yuqiao.hotline.listenings import ListeningError
from yuqiao.hotline.models import Call, Listening
from yuqiao.hotline.recordings import FINISHED
from yuqiao.hotline.tracks import RATE
from yuqiao.web.console import recording_words, words
from yuqiao.web.console.byte_ranges import NoSuchRangeError, wanted_range
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.security.proving import stepped_up

#: So many levels of each lane are drawn at most; wider no screen is.
COLUMNS = 2400
#: Frames that are read at once: four seconds.
PIECE = 4 * RATE
#: What a page tells at once.
MOST_TOLD = 2000


@require_POST
@login_required
def listen(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """Begin a sitting and return what the player needs; 404 when there is nothing to hear, 400 without a purpose."""
    call = get_object_or_404(Call, pk=call_id)
    person = person_of(request)
    by_role = may(person, Act.LISTEN)
    verdict = listenings.verdict(person, call, by_role=by_role)
    if verdict.why in recording_words.CLOSED:
        raise PermissionDenied
    found = lanes.lanes_of(call) if verdict else []
    if not any(lane.files for lane in found):
        raise Http404
    try:
        with Reels(lanes.placed(call, found)) as reels:
            frames = reels.frames
        levels = lanes.levels_of(call, found)
    except (ValueError, RuntimeError) as error:  # another format, or damaged (soundfile.LibsndfileError)
        raise Http404 from error
    length_ms = frames * 1000 // RATE
    try:
        sitting = listenings.begin(
            call,
            request.POST.get("purpose", ""),
            request.POST.get("reference", ""),
            by=person,
            by_role=by_role,
            length_ms=length_ms,
            recordings=[row for lane in found for row in lane.recordings],
        )
    except ListeningError as error:
        said = words.word(recording_words.FAULTS, error.code)
        return JsonResponse({"error": said}, status=HTTPStatus.BAD_REQUEST)
    return JsonResponse(
        {
            "sound": reverse("recording", args=[sitting.pk]),
            "heard": reverse("recording-heard", args=[sitting.pk]),
            "length": length_ms / 1000,
            "lanes": [_lane(lane, call.way_in, fine) for lane, fine in zip(found, levels, strict=True)],
            "files": _files(sitting) if may(person, Act.TAKE_RECORDINGS) else [],
            "pauses": waveform.pauses(waveform.loudest_of(levels), length_ms),
        }
    )


def _lane(lane: Lane, way_in: str, fine: waveform.Levels) -> dict[str, object]:
    first = lane.legs[0] if lane.legs else None
    return {
        "role": first.role if first and first.role in words.PARTIES else "third" if first else "mix",
        "role_word": words.word(words.PARTIES, first.role) if first else "",
        "name": " / ".join(dict.fromkeys(filter(None, (words.party_name(leg, way_in) for leg in lane.legs)))),
        "gone": len(lane.files) < len(lane.recordings),
        "levels": base64.b64encode(waveform.shrunk(fine, COLUMNS).tobytes()).decode(),
    }


def _files(sitting: Listening) -> list[dict[str, str]]:
    rows = sitting.call.recordings.filter(kind__in=FINISHED).exclude(path="").order_by("id")
    return [
        {"name": Path(row.path).name, "sha256": row.sha256, "url": reverse("recording-take", args=[sitting.pk, row.pk])}
        for row in rows
    ]


def _sitting(request: HttpRequest, listening_id: uuid.UUID) -> Listening:
    """Return the reader's own sitting; 403 when it is over, or she may not hear this any more."""
    person = person_of(request)
    sitting = listenings.open_one(listening_id, person)
    if sitting is None:
        raise PermissionDenied
    if sitting.purpose not in listenings.verdict(person, sitting.call, by_role=may(person, Act.LISTEN)).purposes:
        raise PermissionDenied
    return sitting


@require_GET
@login_required
def sound(request: HttpRequest, listening_id: uuid.UUID) -> HttpResponseBase:
    """Give the sound of a sitting's call, whole or in one range (RFC 9110 section 14)."""
    call = _sitting(request, listening_id).call
    found = lanes.lanes_of(call)
    placed = lanes.placed(call, found)
    with Reels(placed) as reels:
        frames = reels.frames
    size = interleaved.size_of(frames, len(found))
    etag = f'"{"-".join(str(row.pk) for lane in found for row in lane.recordings)}-{frames}"'
    asked = request.headers.get("Range") if request.headers.get("If-Range", etag) == etag else None
    try:
        part = wanted_range(asked, size)
    except NoSuchRangeError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, length = part or (0, size)
    pieces = _pieces(placed, first, length)
    response = StreamingHttpResponse(pieces, content_type="audio/wav", status=206 if part else 200)
    response["Content-Length"] = str(length)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    if part:
        response["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
    return response


async def _pieces(sound: Placed, first: int, length: int) -> AsyncIterator[bytes]:
    channels = len(sound.files)
    with await asyncio.to_thread(Reels, sound) as reels:
        if first < interleaved.HEAD_SIZE:
            head = interleaved.head(reels.frames, channels)[first : first + length]
            first, length = first + len(head), length - len(head)
            yield head
        frame, count, skip = interleaved.frames_within(first - interleaved.HEAD_SIZE, length, channels)
        while count > 0 and length > 0:
            frames = await asyncio.to_thread(reels.read, frame, min(PIECE, count))
            if not len(frames):
                return
            piece = frames.astype("<i2").tobytes()[skip : skip + length]
            yield piece
            frame, count, length, skip = frame + len(frames), count - len(frames), length - len(piece), 0


@require_POST
@login_required
def heard(request: HttpRequest, listening_id: uuid.UUID) -> HttpResponse:
    """Take down what the page of a sitting says was heard; ``over`` ends the sitting. 403 when it is over."""
    sitting = _sitting(request, listening_id)
    spans = _spans(request.POST.get("spans", ""))
    if spans is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    listenings.tell(sitting, spans, over="over" in request.POST)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _spans(text: str) -> list[Span] | None:
    """Read ``[[begin, end], …]`` in milliseconds; None where it is something else."""
    try:
        told = json.loads(text or "[]")
    except ValueError:
        return None
    if not isinstance(told, list) or len(told) > MOST_TOLD:
        return None
    whole = [one for one in told if isinstance(one, list) and len(one) == 2 and all(type(at) is int for at in one)]
    return [(begin, end) for begin, end in whole] if len(whole) == len(told) else None


@require_POST
@allowed(Act.TAKE_RECORDINGS)
@stepped_up
def take(request: HttpRequest, listening_id: uuid.UUID, recording_id: int) -> HttpResponseBase:
    """Give one finished file away, journaled with its hash; 404 when it is not of this sitting's call, or gone."""
    sitting = _sitting(request, listening_id)
    row = get_object_or_404(sitting.call.recordings.filter(kind__in=FINISHED), pk=recording_id)
    path = lanes.path_of(row)
    if path is None:
        raise Http404
    listenings.take(sitting, row)
    response = StreamingHttpResponse(_content(path), content_type="audio/flac")  # RFC 9639 section 11
    response["Content-Length"] = str(path.stat().st_size)
    response["Content-Disposition"] = f'attachment; filename="{sitting.call.started_at:%Y%m%d-%H%M%S}-{path.name}"'
    return response


async def _content(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, 256 * 1024):
            yield piece
