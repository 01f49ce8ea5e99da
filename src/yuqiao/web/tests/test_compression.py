"""Pages and static files travel compressed to those who understand it; streams never do."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from yuqiao.web.compression import Compressed

ASKS = {"Accept-Encoding": "gzip, br"}


def content(response: Any) -> bytes:
    """The bytes of an answer, streamed or not."""
    return b"".join(response) if response.streaming else bytes(response.content)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["console/style.css", "console/live.js", "console/mark.svg"])
def test_a_static_file_is_the_same_compressed_and_plain(name: str) -> None:
    path = finders.find(name)
    assert isinstance(path, str)
    with open(path, "rb") as file:
        there = file.read()
    plain = Client().get(f"/static/{name}")
    assert content(plain) == there
    packed = Client().get(f"/static/{name}", headers=ASKS)
    if len(there) > 200:
        assert packed["Content-Encoding"] == "gzip"
        assert int(packed["Content-Length"]) == len(content(packed)) < len(there)
        assert gzip.decompress(content(packed)) == there
        assert "Accept-Encoding" in packed["Vary"]
        assert packed["Content-Type"] == plain["Content-Type"]
        assert packed["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_page_is_compressed() -> None:
    response = Client().get("/sign-in/", headers=ASKS)
    assert response["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(response.content)


def test_a_stream_is_passed_on_as_it_is() -> None:
    def stream(_request: HttpRequest) -> HttpResponse:
        return StreamingHttpResponse([b"event: beat\n\n"] * 40, content_type="text/event-stream")  # type: ignore[return-value]

    answer: Any = Compressed(stream)(RequestFactory().get("/", headers=ASKS))
    assert "Content-Encoding" not in answer.headers
    assert content(answer) == b"event: beat\n\n" * 40
