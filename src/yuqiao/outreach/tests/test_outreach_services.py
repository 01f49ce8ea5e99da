"""Activities, videos and honours: planned, held, cancelled with a reason, broadcast once; each journaled."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.outreach import services
from yuqiao.outreach.models import Activity, Honour
from yuqiao.outreach.rules import OutreachError, check_link, check_text

pytestmark = pytest.mark.database
D = dt.date


@pytest.fixture
def alice(db: None) -> Person:
    return Person.objects.create(username="alice")


def refused(code: str) -> pytest.RaisesExc[OutreachError]:
    return pytest.RaisesExc(OutreachError, check=lambda error: error.code == code)


def test_s70_an_activity_is_cancelled_with_its_reason(alice: Person) -> None:
    event = services.plan("themed", "《条例》一周年主题活动", D(2023, 11, 1), by=alice)
    with refused("reason"):
        services.cancel(event, " ", by=alice)
    cancelled = services.cancel(event, "宣传方式调整", by=alice)
    assert (cancelled.state, cancelled.reason) == ("cancelled", "宣传方式调整")
    with refused("state"):
        services.hold(event, D(2023, 11, 1), by=alice)
    again = services.resume(event, D(2023, 12, 1), by=alice)
    assert (again.state, again.reason) == ("planned", "")
    held = services.hold(event, D(2023, 12, 2), by=alice, place="图书馆")
    assert (held.state, held.held_on, held.place) == ("done", D(2023, 12, 2), "图书馆")
    with refused("state"):
        services.hold(event, D(2023, 12, 2), by=alice)
    assert services.cancel(event, "误登", by=alice).state == "cancelled"
    assert [one.action for one in JournalEntry.objects.filter(actor=alice).order_by("id")] == [
        "activity.plan",
        "activity.cancel",
        "activity.resume",
        "activity.hold",
        "activity.cancel",
    ]


def test_what_cannot_be_is_refused(alice: Person) -> None:
    with refused("kind"):
        services.plan("party", "活动", None, by=alice)
    with refused("text"):
        services.plan("joint", " ", None, by=alice)
    with refused("future"):
        services.hold(services.plan("joint", "宣传", None, by=alice), D(2099, 1, 1), by=alice)
    with refused("future"):
        services.add_honour("先锋杯", "市直机关", D(2099, 1, 1), by=alice)
    with refused("length"):
        services.add_video("短片", D(2023, 1, 1), by=alice, seconds=0)
    assert list(Activity.objects.values_list("title", flat=True)) == ["宣传"]
    assert not Honour.objects.exists()


def test_s69_a_video_counts_from_its_first_broadcast(alice: Person) -> None:
    video = services.add_video("条例宣传片", D(2023, 6, 1), by=alice, seconds=180)
    with refused("before_made"):
        services.broadcast(video, D(2023, 5, 31), by=alice)
    with refused("link"):
        services.broadcast(video, D(2023, 6, 5), by=alice, link="javascript:alert(1)")
    shown = services.broadcast(video, D(2023, 6, 5), by=alice, link="https://example.org/v")
    assert (shown.broadcast_on, shown.link) == (D(2023, 6, 5), "https://example.org/v")
    with refused("broadcast"):
        services.broadcast(video, D(2023, 6, 6), by=alice)
    assert services.count_views(video, 1200, by=alice).views == 1200


def test_s73_an_honour_entered_by_mistake_is_withdrawn_and_stays(alice: Person) -> None:
    honour = services.add_honour("先锋杯一等奖", "市直机关工委", D(2021, 7, 1), by=alice)
    assert services.withdraw(honour, "重复", by=alice).withdrawn_reason == "重复"
    with refused("withdrawn"):
        services.withdraw(honour, "重复", by=alice)
    assert Honour.objects.count() == 1


@given(st.text(max_size=600))
def test_a_link_leads_to_a_page_or_nowhere(text: str) -> None:
    try:
        found = check_link(text)
    except OutreachError:
        return
    assert found == "" or (found.lower().startswith(("http://", "https://")) and len(found) <= 500)


@given(st.text(max_size=300), st.integers(1, 200))
def test_a_text_is_there_and_fits(text: str, most: int) -> None:
    try:
        assert 0 < len(check_text(text, "名称", most)) <= most
    except OutreachError:
        assert not text.strip() or len(text.strip()) > most
