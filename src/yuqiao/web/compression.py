"""Pages, scripts and styles travel compressed, so that a slow phone shows them soon; streams travel as they are.

Django compresses pages, and pads them against BREACH; a live stream must reach its reader event by event, and sound is
compressed already. Our own static files are compressed once in each process.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from http import HTTPStatus
from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

TEXT = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")


#: What is larger is no script of ours.
MOST_BYTES = 2 * 1024 * 1024


@lru_cache(maxsize=256)
def packed(content: bytes) -> bytes:
    """Return ``content`` compressed (RFC 1952), always the same bytes."""
    return gzip.compress(content, 9, mtime=0)


def _static(request: HttpRequest, response: FileResponse) -> HttpResponseBase:
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    length = int(response.headers.get("Content-Length") or 0)
    accepts = "gzip" in request.headers.get("Accept-Encoding", "")
    if kind not in TEXT or response.status_code != HTTPStatus.OK or not 200 < length <= MOST_BYTES or not accepts:
        return response
    content = packed(response.getvalue())
    response.close()
    answer = HttpResponse(content, status=HTTPStatus.OK)
    for name, value in response.headers.items():
        answer.headers[name] = value
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Content-Length"] = str(len(content))
    if etag := answer.headers.get("ETag"):
        answer.headers["ETag"] = etag if etag.startswith("W/") else f"W/{etag}"  # RFC 9110, 8.8.1
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer


class Compressed(GZipMiddleware):
    """Compress what gains by it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the answer, compressed where the reader understands that."""
        if isinstance(response, FileResponse):
            return _static(request, response)
        if response.streaming:
            return response
        return super().process_response(request, cast(HttpResponse, response))
