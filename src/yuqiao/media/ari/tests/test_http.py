"""The HTTP layer: sign-in, what is unknown, what is not supported, and bad parameters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from yuqiao.media.ari.http import ROUTES, AriServer, Credentials
from yuqiao.media.ari.tests.live import PASSWORD, USER, Client, basic
from yuqiao.media.ari.tests.memory import Office
from yuqiao.media.ari.unsupported import UNSUPPORTED


@asynccontextmanager
async def face(office: Office) -> AsyncIterator[Client]:
    server = AriServer(office.engine, Credentials(USER, PASSWORD), ("127.0.0.1", 0))
    await server.start()
    async with aiohttp.ClientSession(headers=basic()) as session:
        yield Client("http://{}:{}/ari".format(*server.address), session)
    await office.engine.stop()
    await server.stop()


@pytest.fixture
async def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
async def client(office: Office) -> AsyncIterator[Client]:
    async with face(office) as one:
        yield one


async def test_who_signs_in_and_who_does_not(client: Client) -> None:
    async with aiohttp.ClientSession() as stranger:
        for query, headers, status in (
            ("", {}, 401),
            ("?api_key=yuqiao:sesame", {}, 200),
            ("?api_key=yuqiao:wrong", {}, 401),
            ("?api_key=yuqiao", {}, 401),
            ("?api_key=%ff%fe", {}, 401),
            ("", basic(), 200),
            ("", basic(password="开门"), 401),
            ("", {"Authorization": "Basic !!!"}, 401),
            ("", {"Authorization": "Bearer sesame"}, 401),
        ):
            async with stranger.get(URL(client.url + "/channels" + query, encoded=True), headers=headers) as answer:
                assert answer.status == status, (query, headers)
                if status == 401:
                    assert await answer.json() == {"message": "Authentication required"}
                    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Asterisk REST Interface"'
        async with stranger.get(client.url + "/events?app=x") as answer:
            assert answer.status == 401


async def test_all_of_asterisks_interface_is_known(client: Client) -> None:
    """Each operation of Asterisk 22's api-docs is either served or answered with 501."""
    assert len(ROUTES) + len(UNSUPPORTED) > 100
    for method, path in UNSUPPORTED:
        reply = await client.ask(method, path.replace("{", "").replace("}", ""))
        assert reply.status == 501, path
        assert "not supported" in reply.json["message"]


async def test_trunks_are_endpoints(office: Office, client: Client) -> None:
    """In the shape of Asterisk's; a trunk by its name, in each way that Asterisk or we write a number to call."""
    for target in ("PJSIP/city-a/13800000001", "PJSIP/13800000001@city-a", "PJSIP/city-a/sip:13800000001@host"):
        await client.do("POST", "/channels", endpoint=target, app="a")
    assert [one[0] for one in office.trunk.invited] == ["13800000001", "13800000001", "sip:13800000001@host"]
    assert office.trunk.vias == ["city-a"] * 3
    shown = {
        "technology": "PJSIP",
        "resource": "city-a",
        "state": "online",
        "channel_ids": list(office.switch.channels),
    }
    assert (await client.ask("GET", "/endpoints")).json == [shown]
    assert (await client.ask("GET", "/endpoints/PJSIP")).json == [shown]
    assert (await client.ask("GET", "/endpoints/PJSIP/city-a")).json == shown
    for path in ("/endpoints/SIP", "/endpoints/PJSIP/nobody", "/endpoints/SIP/city-a"):
        assert (await client.ask("GET", path)).status == 404
    assert (await client.ask("GET", "/yuqiao/counters")).json["trunks"] == {"city-a": "online"}


async def test_unknown_paths_and_methods(client: Client) -> None:
    assert (await client.ask("GET", "/nope")).json == {"message": "Resource not found"}
    for method, path, status in (
        ("GET", "/nope", 404),
        ("GET", "/../etc", 404),
        ("GET", "/channels/", 404),
        ("PUT", "/channels", 405),
        ("DELETE", "/bridges", 405),
        ("GET", "/channels/nobody", 404),
        ("GET", "/events", 426),
        ("GET", "/events?app=x", 426),
    ):
        assert (await client.ask(method, path)).status == status, path


async def test_a_websocket_needs_an_application(client: Client) -> None:
    for query in ("", "?app=", "?app=,"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.session.ws_connect(client.url + "/events" + query)
        assert refused.value.status == 400


BAD = [
    ("POST", "/channels", {"app": "a"}, 400),
    ("POST", "/channels", {"endpoint": "nonsense", "app": "a"}, 400),
    ("POST", "/channels", {"endpoint": "PJSIP/", "app": "a"}, 400),
    ("POST", "/channels", {"endpoint": "SIP/x/sip:a@b", "app": "a"}, 500),
    ("POST", "/channels", {"endpoint": "PJSIP/x/tel:110", "app": "a"}, 500),
    ("POST", "/channels", {"endpoint": "PJSIP/x/sip:bad", "app": "a"}, 500),
    ("POST", "/channels", {"endpoint": "PJSIP/x/13a", "app": "a"}, 500),
    ("POST", "/channels", {"endpoint": "PJSIP/138", "app": "a"}, 500),
    ("POST", "/channels", {"endpoint": "PJSIP/138@", "app": "a"}, 500),
    ("POST", "/channels", {"endpoint": "PJSIP/x/sip:a@b"}, 400),
    ("POST", "/channels", {"endpoint": "PJSIP/x/sip:a@b", "extension": "1"}, 501),
    ("POST", "/channels", {"endpoint": "PJSIP/x/sip:a@b", "app": "a", "timeout": "soon"}, 400),
    ("POST", "/channels", {"endpoint": "PJSIP/x/sip:a@b", "app": "a", "timeout": "٣"}, 400),
    ("POST", "/channels", {"endpoint": "PJSIP/x/sip:a@b", "app": "a", "originator": "nobody"}, 400),
    ("POST", "/channels", {"endpoint": "PJSIP/x/sip:a@b", "app": "a", "formats": "opus"}, 501),
    ("POST", "/channels", {"endpoint": "PJSIP/x/sip:a@b", "app": "a\0b"}, 400),
    ("POST", "/channels/create", {"endpoint": "PJSIP/x/sip:a@b"}, 400),
    ("POST", "/channels/nobody/dial", {}, 404),
    ("POST", "/channels/nobody/answer", {}, 404),
    ("POST", "/channels/nobody/continue", {}, 404),
    ("DELETE", "/channels/nobody", {"reason": "busy"}, 404),
    ("POST", "/bridges", {"type": "holding"}, 501),
    ("POST", "/bridges", {"type": "rope"}, 400),
    ("POST", "/bridges/nowhere/addChannel", {"channel": "x"}, 404),
    ("POST", "/bridges/nowhere/record", {"name": "x", "format": "wav"}, 404),
    ("POST", "/bridges/room", {}, 409),
    ("POST", "/bridges/room/addChannel", {}, 400),
    ("POST", "/bridges/room/addChannel", {"channel": "nobody"}, 400),
    ("POST", "/bridges/room/removeChannel", {"channel": "nobody"}, 400),
    ("POST", "/bridges/room/play", {}, 400),
    ("POST", "/bridges/room/play", {"media": "sound:../../etc/passwd"}, 400),
    ("POST", "/bridges/room/play", {"media": "sound:/etc/passwd"}, 400),
    ("POST", "/bridges/room/play", {"media": "http://x/y.wav"}, 400),
    ("POST", "/bridges/room/play", {"media": "digits:123"}, 501),
    ("POST", "/bridges/room/record", {"name": "x", "format": "mp3"}, 422),
    ("POST", "/bridges/room/record", {"name": "x"}, 422),
    ("POST", "/bridges/room/record", {"format": "wav"}, 400),
    ("POST", "/bridges/room/record", {"name": "../x", "format": "wav"}, 400),
    ("POST", "/bridges/room/record", {"name": "x", "format": "wav", "ifExists": "ask"}, 400),
    ("POST", "/bridges/room/record", {"name": "x", "format": "wav", "ifExists": "append"}, 501),
    ("POST", "/bridges/room/record", {"name": "x", "format": "wav", "beep": "true"}, 501),
    ("POST", "/bridges/room/record", {"name": "x", "format": "wav", "maxDurationSeconds": "-1"}, 400),
    ("POST", "/bridges/room/record", {"name": "x", "format": "wav"}, 409),
    ("GET", "/recordings/stored/..%2F..%2Fetc%2Fpasswd/file", {}, 400),
    ("DELETE", "/recordings/live/none", {}, 404),
    ("POST", "/playbacks/none/control", {}, 400),
    ("DELETE", "/playbacks/none", {}, 404),
    ("GET", "/applications/none", {}, 404),
]


@pytest.mark.parametrize(("method", "path", "query", "status"), BAD)
async def test_bad_parameters(client: Client, method: str, path: str, query: dict[str, str], status: int) -> None:
    await client.do("POST", "/bridges/room")
    async with client.session.request(method, URL(client.url + path, encoded=True), params=query) as answer:
        assert answer.status == status, await answer.text()
        assert set(await answer.json()) in ({"message"}, {"error"})


@pytest.mark.parametrize(
    "body", [b"{bad", b"[1]", b'"x"', b'{"variables":"x"}', b'{"app":{}}', b"\xff\xfe", b"[" * 9000]
)
async def test_bad_bodies(client: Client, body: bytes) -> None:
    async with client.session.post(client.url + "/channels", data=body) as answer:
        assert answer.status == 400
        assert await answer.json() == {"message": "Error parsing request body"}


async def test_an_oversized_body_is_refused(client: Client) -> None:
    async with client.session.post(client.url + "/channels", data=b" " * 100_000) as answer:
        assert answer.status == 413
        assert await answer.json() == {"message": "Request body too large"}


async def test_parameters_may_stand_in_the_body(client: Client, office: Office) -> None:
    body = {
        "endpoint": "PJSIP/yuqiao/sip:8001@127.0.0.1:5061",
        "app": "yuqiao",
        "timeout": 7,
        "variables": {"LANG": "ja", "PJSIP_HEADER(add,X-Line)": "120"},
    }
    reply = await client.ask("POST", "/channels/leg-1", body=body)
    assert reply.json["id"] == "leg-1"
    assert office.trunk.invited == [("sip:8001@127.0.0.1:5061", {"X-Line": "120"}, 7.0)]
    assert office.switch.channels["leg-1"].variables == {"LANG": "ja"}
    assert (await client.ask("POST", "/channels/leg-1", body=body)).status == 409


async def test_variables_and_headers_are_read(client: Client, office: Office) -> None:
    office.listen()
    office.trunk.incoming()
    ((channel_id, _),) = office.switch.channels.items()
    path = f"/channels/{channel_id}/variable"
    await client.do("POST", path, variable="LINE", value="110")
    assert await client.do("GET", path, variable="LINE") == {"value": "110"}
    assert await client.do("GET", path, variable="PJSIP_HEADER(read,hlang-send)") == {"value": "ja"}
    assert await client.do("GET", path, variable="CALLERID(num)") == {"value": "13800000001"}
    assert (await client.ask("GET", path, variable="NOPE")).status == 404
    assert (await client.ask("GET", path)).status == 400
    assert office.events()[-1]["type"] == "ChannelVarset"


async def test_the_server_tells_about_itself(client: Client, office: Office) -> None:
    office.listen()
    assert (await client.do("GET", "/asterisk/ping"))["ping"] == "pong"
    info = await client.do("GET", "/asterisk/info")
    assert set(info) == {"build", "system", "config", "status"}
    assert set(await client.do("GET", "/asterisk/info", only="system")) == {"system"}
    assert [one["name"] for one in await client.do("GET", "/applications")] == ["yuqiao"]
    office.trunk.incoming()
    assert (await client.do("GET", "/applications/yuqiao"))["channel_ids"] == list(office.switch.channels)
    counters = await client.do("GET", "/yuqiao/counters")
    assert counters["ari"]["channels_now"] == 1
    assert set(counters) == {"ari", "trunk", "trunks", "mixer", "workers"}


async def test_a_failure_inside_is_answered_with_500_and_counted(
    client: Client, office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def explode() -> dict[str, float]:
        raise RuntimeError("13800000001")

    monkeypatch.setattr(office.mixer, "counters", explode)
    reply = await client.ask("GET", "/yuqiao/counters")
    assert (reply.status, reply.json) == (500, {"message": "Internal error"})
    assert office.switch.counters["failures"] == 1
    assert "RuntimeError at test_http.py" in caplog.text
    assert "13800000001" not in caplog.text
