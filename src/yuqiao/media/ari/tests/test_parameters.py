"""What comes over the wire: names that become files, parameters, endpoints, caller ids. Nothing of it can hurt."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media import causes
from yuqiao.media.ari.asking import parse
from yuqiao.media.ari.channels import caller_id, endpoint, hangup_cause
from yuqiao.media.ari.errors import AriError
from yuqiao.media.ari.external import address_of
from yuqiao.media.ari.names import inside
from yuqiao.media.ari.reasons import dial_status

FOLDER = Path("recordings")
NAMES = st.text(alphabet="ab./\\ -_\0\n~语%", max_size=12) | st.text(max_size=30)


def refusal(call: Callable[[], object]) -> int:
    """Return the status ``call`` is refused with, 0 when it is not."""
    try:
        call()
    except AriError as error:
        return error.status
    return 0


@given(NAMES)
def test_a_name_stays_inside_its_folder_or_is_refused(name: str) -> None:
    status = refusal(lambda: inside(FOLDER, name, ".wav"))
    assert status in {0, 400}
    if not status:
        path = inside(FOLDER, name, ".wav")
        assert path.resolve().is_relative_to(FOLDER.resolve())
        assert path.resolve() != FOLDER.resolve()
        assert ".." not in path.parts
        assert path.suffix == ".wav"


@pytest.mark.parametrize(
    "name", ["call-7/caller-1", "语言/问候", "a.b@c+d=e f", "0190b7c4-7d57-7c49-b1d6-6e1d0a2f9a11"]
)
def test_sensible_names_are_taken(name: str) -> None:
    assert str(inside(FOLDER, name, ".wav")) == f"recordings/{name}.wav"


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/../b", "/x", "a//b", "a/", "a\0", "x" * 201, "a\nb", "C:\\x"]
)
def test_others_are_refused(name: str) -> None:
    with pytest.raises(AriError):
        inside(FOLDER, name, ".wav")


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "away").symlink_to(tmp_path)
    with pytest.raises(AriError, match="inside"):
        inside(tmp_path / "in", "away/x", ".wav")


@given(st.binary(max_size=200))
def test_any_body_is_parsed_or_refused(body: bytes) -> None:
    assert refusal(lambda: parse({}, [], body)) in {0, 400}


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)


@given(
    st.dictionaries(st.text(max_size=5), st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=2), max_leaves=4))
)
def test_any_object_is_parsed_or_refused(body: dict[str, object]) -> None:
    raw = json.dumps(body).encode()
    status = refusal(lambda: parse({}, [], raw))
    assert status in {0, 400}
    if not status:
        ask = parse({}, [], raw)
        assert all(isinstance(value, str) for values in ask.given.values() for value in values)


def test_lists_come_repeated_or_by_commas() -> None:
    ask = parse({}, [("channel", "a, b"), ("channel", "c")], b"")
    assert ask.many("channel") == ["a", "b", "c"]
    assert parse({}, [], b'{"channel": ["a", "b"]}').many("channel") == ["a", "b"]


@given(st.text(max_size=40))
def test_an_endpoint_is_a_sip_uri_or_refused(raw: str) -> None:
    status = refusal(lambda: endpoint(raw))
    assert status in {0, 400, 500}
    assert status or endpoint(raw)[2].startswith("sip:")


def test_endpoints_of_both_forms() -> None:
    assert endpoint("PJSIP/trunk/sip:1@h:5;transport=tcp") == (
        "trunk",
        "trunk/sip:1@h:5;transport=tcp",
        "sip:1@h:5;transport=tcp",
    )
    assert endpoint("PJSIP/sip:1@h") == ("yuqiao", "sip:1@h", "sip:1@h")


@pytest.mark.parametrize(
    ("raw", "name", "number"),
    [
        ("960169", "", "960169"),
        ("语桥 <960169>", "语桥", "960169"),
        ('"Yu Qiao" <960169>', "Yu Qiao", "960169"),
        ("<1>", "", "1"),
        ("", "", ""),
    ],
)
def test_caller_ids(raw: str, name: str, number: str) -> None:
    assert caller_id(raw) == (name, number)


def test_hangup_causes() -> None:
    assert hangup_cause("", "") == 16
    assert hangup_cause("busy", "") == 17
    assert hangup_cause("", "26") == 26
    for reason, code in (("tired", ""), ("busy", "17"), ("", "128"), ("", "x"), ("", "-1"), ("", "9999999999")):
        with pytest.raises(AriError):
            hangup_cause(reason, code)
    assert causes.words(17) == "User busy"
    assert causes.words(99) == "Unknown"
    assert dial_status(17) == "BUSY"
    assert dial_status(19) == "NOANSWER"


def test_where_external_media_may_go() -> None:
    assert address_of("127.0.0.1:4000") == ("127.0.0.1", 4000)
    for host in ("", "4000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "name:4000", "[::1]:4000"):
        assert refusal(lambda: address_of(host)) == 400, host  # noqa: B023 - called at once
