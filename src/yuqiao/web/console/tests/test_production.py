"""The pages as a site runs them: without debugging, from a real web process."""

from __future__ import annotations

import http.client
from http.client import HTTPMessage

import pytest

from yuqiao.web.console.tests.conftest import Site

pytestmark = pytest.mark.live


def get(site: Site, path: str) -> tuple[int, HTTPMessage, str]:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    try:
        connection.request("GET", path, headers={"Accept-Language": "en", "Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def test_without_debugging_pages_and_files_are_served_and_faults_tell_nothing(site: Site) -> None:
    site.stop()
    site.start(YUQIAO_DEBUG="0", YUQIAO_SECRET_KEY="k" * 60, YUQIAO_ARI_PASSWORD="p" * 20)
    status, headers, page = get(site, "/sign-in/")
    assert (status, headers["Server"]) == (200, None)
    assert "The city's interpretation hotline" in page
    for name, kind in (("style.css", "text/css"), ("board.js", "text/javascript"), ("mark.svg", "image/svg+xml")):
        status, headers, _ = get(site, f"/static/console/{name}")
        assert status == 200
        assert headers["Content-Type"].startswith(kind)
        assert "Content-Security-Policy" in headers
    status, headers, page = get(site, "/no-such-page/")
    assert status == 404
    assert "There is no such page" in page
    assert "urlpatterns" not in page
    for path in ("/static/../config/settings.py", "/static/%2e%2e/%2e%2e/config/settings.py", "/static/console/"):
        assert get(site, path)[0] == 404
