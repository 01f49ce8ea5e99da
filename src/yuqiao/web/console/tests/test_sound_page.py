"""The page of a call tells how each party sounded."""

from __future__ import annotations

import pytest
from django.test import Client

from yuqiao.accounts.models import Role
from yuqiao.hotline.models import Leg
from yuqiao.lib.clock import now
from yuqiao.web.console.sound import sound_of
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_loss_and_score_of_each_leg_are_shown_and_the_worse_direction_counts() -> None:
    call = cast.call(90, phase="ended", ended_at=now(), outcome="served")
    supervisor = cast.person("wang", Role.SUPERVISOR, name="王主管")
    Leg.objects.create(
        id="bad",
        call=call,
        role="caller",
        created_at=now(),
        mos=4.4,
        mos_there=3.1,
        sound={
            "received": 900,
            "lost": 50,
            "late": 50,
            "sent": 1000,
            "lost_there": 120,
            "jitter": 12.3,
            "round_trip": 88.8,
        },
    )
    Leg.objects.create(id="unknown", call=call, role="agent", created_at=now())
    client = Client()
    client.force_login(supervisor)
    page = client.get(f"/calls/{call.pk}/", headers={"accept-language": "en"}).content.decode()
    row = page[page.index('data-sound="bad"') :].partition("</tr>")[0]
    for shown in ("4.4", "3.1", "10.5 / 12.0", "12", "89"):
        assert f">{shown}" in row, (shown, row)
    assert page.count("data-sound=") == 1


@pytest.mark.parametrize(("here", "there", "level"), [(4.4, None, "good"), (4.2, 3.7, "fair"), (3.5, 4.4, "bad")])
def test_levels_are_those_of_g109(here: float, there: float | None, level: str) -> None:
    sound = sound_of(Leg(mos=here, mos_there=there, sound={"received": 100, "lost": 0}))
    assert sound is not None
    assert sound.level == level


def test_nothing_measured_nothing_shown() -> None:
    assert sound_of(Leg()) is None
    bare = sound_of(Leg(sound={"sent": 400, "received": 0, "lost": 0}))
    assert bare is not None
    assert (bare.lost, bare.jitter, bare.level) == (None, None, "")
