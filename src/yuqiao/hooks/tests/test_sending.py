"""One POST on a real wire: what arrives, what is not followed, and who is never connected to."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from yuqiao.hooks import sending
from yuqiao.hooks.addresses import AddressError
from yuqiao.hooks.sending import Judging, Rules, covered, send
from yuqiao.hooks.tests.receiver import Answer, Receiver, receiving
from yuqiao.lib.net import free_port

pytestmark = pytest.mark.timed
LOOPBACK = Rules(http=True, allowed=(ipaddress.ip_network("127.0.0.0/8"),), seconds=30.0)


@pytest.fixture
def partner() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


def test_body_and_headers_arrive_as_they_are(partner: Receiver) -> None:
    sent = send(
        partner.url, b'{"a":"\xe8\xaf\xad"}', {"webhook-id": "msg_1", "Content-Type": "application/json"}, LOOPBACK
    )
    assert (sent.taken, sent.status, sent.error) == (True, 204, "")
    assert sent.ms < 30_000
    (post,) = partner.posts
    assert post.body == b'{"a":"\xe8\xaf\xad"}'
    assert (post.path, post.headers["webhook-id"], post.headers["content-type"]) == (
        "/events", "msg_1", "application/json",
    )  # fmt: skip
    assert "cookie" not in post.headers


def test_a_redirect_is_an_answer_and_not_a_way(partner: Receiver) -> None:
    partner.answer = lambda _: Answer(307, {"Location": partner.url + "/elsewhere", "Set-Cookie": "a=b"})
    assert (send(partner.url, b"{}", {}, LOOPBACK).status, len(partner.posts)) == (307, 1)


def test_of_an_answer_the_beginning_is_kept_without_what_could_be_a_persons(partner: Receiver) -> None:
    partner.answer = lambda _: Answer(
        500, {"Retry-After": "7"}, "失败 li@example.cn 138 0013 8000 code 42\n".encode() * 99
    )
    sent = send(partner.url, b"{}", {}, LOOPBACK)
    assert (sent.status, sent.wish, sent.taken) == (500, 7.0, False)
    assert sent.answer.startswith("失败 … … code 42")
    assert len(sent.answer) <= 200
    assert covered(b"\xff\x00tel:+86-10-6512-0000") == "� tel:+…"


def test_who_lets_us_wait_is_left(partner: Receiver) -> None:
    held = threading.Event()
    partner.answer = lambda _: (held.wait(60), Answer())[1]
    try:
        sent = send(partner.url, b"{}", {}, Rules(http=True, allowed=LOOPBACK.allowed, seconds=0.3))
    finally:
        held.set()
    assert (sent.status, sent.error) == (None, "timeout")
    assert 250 < sent.ms < 30_000


def test_who_answers_drop_by_drop_is_left_as_well() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        stop = threading.Event()

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                while not stop.wait(0.05):
                    try:
                        connection.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            rules = Rules(http=True, allowed=LOOPBACK.allowed, seconds=0.4)
            sent = send(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"{}", {}, rules)
        finally:
            stop.set()
            thread.join()
    assert sent.status is None
    assert sent.ms < 30_000


def test_nobody_there() -> None:
    assert send(f"http://127.0.0.1:{free_port()}/", b"{}", {}, LOOPBACK).error == "unreachable"


def test_without_leave_nothing_goes_inside(partner: Receiver) -> None:
    assert send(partner.url, b"{}", {}, Rules(http=True)).error == "inside"
    assert send(partner.url, b"{}", {}, Rules(allowed=LOOPBACK.allowed)).error == "scheme"
    by_name = partner.url.replace("127.0.0.1", "localhost")
    assert send(by_name, b"{}", {}, Rules(http=True)).error == "inside"
    assert partner.posts == []


class Names(AbstractResolver):
    """A name server that says something else each time it is asked."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        return [
            {"hostname": host, "host": one, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}
            for one in self.answers.pop(0)
        ]

    async def close(self) -> None:
        return


async def test_a_name_that_leads_inside_is_refused_even_where_it_leads_outside_too() -> None:
    for addresses in (["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["169.254.169.254"]):
        with pytest.raises(AddressError, match="inside"):
            await Judging((), Names(addresses)).resolve("partner.example", 443)
    found = await Judging((), Names(["93.184.216.34"])).resolve("partner.example", 443)
    assert [one["host"] for one in found] == ["93.184.216.34"]


def test_the_connection_goes_to_what_was_judged_and_the_name_is_asked_once(
    partner: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the second answer would lead elsewhere; nobody asks for it."""
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    monkeypatch.setattr(sending, "Judging", lambda allowed: Judging(allowed, names))
    monkeypatch.setattr(sending, "ThreadedResolver", None)
    url = partner.url.replace("127.0.0.1", "partner.example")
    assert send(url, b"{}", {}, LOOPBACK).status == 204
    assert (names.asked, partner.posts[0].headers["host"]) == (1, url.split("/")[2])
