"""What may be asked of a running call: hold, consult, hand over, help; by supervisors, and by its interpreter."""

from __future__ import annotations

import pytest
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline.models import Call, CallCommand, Leg
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ENGLISH = {"accept-language": "en"}


def three(**asides: str) -> tuple[Call, dict[str, Leg]]:
    """A call of three; ``asides`` says who is apart."""
    call = cast.call(60, way_in="transferred")
    helper = cast.interpreter("E-01", "en")
    legs = {
        "caller": cast.leg(call, "caller"),
        "agent": cast.leg(call, "agent", label="12345"),
        "interpreter": cast.leg(call, "interpreter", interpreter=helper, label="E-01"),
    }
    call.snapshot = {
        "principal": legs["caller"].pk,
        "legs": [
            {"id": leg.pk, "role": role, "phase": "up" if role in asides else "joined", "aside": asides.get(role, "")}
            for role, leg in legs.items()
        ],
    }
    call.save()
    return call, legs


def test_each_wish_becomes_a_command_with_its_legs(client: Client) -> None:
    call, legs = three()
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    url, caller, agent = f"/calls/{call.pk}/command/", legs["caller"].pk, legs["agent"].pk
    for form in (
        {"ask": "hold", "leg": caller},
        {"ask": "resume", "leg": caller},
        {"ask": "consult", "leg": agent, "asker": ""},
        {"ask": "consult"},
        {"ask": "merge"},
        {"ask": "hand_over", "asker": legs["interpreter"].pk},
        {"ask": "escalate"},
    ):
        assert client.post(url, form).status_code == 302
    assert list(CallCommand.objects.order_by("id").values_list("kind", "arguments")) == [
        ("hold", {"leg": caller}),
        ("resume", {"leg": caller}),
        ("consult", {"leg": agent}),
        ("consult", {}),
        ("merge", {}),
        ("hand_over", {"asker": legs["interpreter"].pk}),
        ("escalate", {}),
    ]
    assert client.post(url, {"ask": "hold", "leg": cast.leg(cast.call(), "agent").pk}).status_code == 404


def test_what_can_be_asked_follows_from_where_everybody_is(client: Client) -> None:
    call, _legs = three()
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    page = client.get(f"/calls/{call.pk}/", headers=ENGLISH).content.decode()
    assert page.count('name="ask" value="hold"') == 2, "whoever is not the interpreter"
    assert page.count('value="consult"') == 2, "with the agent, and with the floor manager"
    held, _ = three_again(caller="hold")
    page = client.get(f"/calls/{held.pk}/", headers=ENGLISH).content.decode()
    assert "On hold" in page
    assert page.count('value="resume"') == 1
    apart, _ = three_again(caller="wait", agent="consult", interpreter="consult")
    page = client.get(f"/calls/{apart.pk}/", headers=ENGLISH).content.decode()
    assert 'value="merge"' in page
    assert 'name="ask" value="hold"' not in page
    assert "the caller does not hear it" in page


def test_the_recording_is_paused_and_goes_on(client: Client) -> None:
    call, legs = three()
    helper = legs["interpreter"].interpreter
    assert helper is not None
    client.force_login(helper.person)
    page = client.get(f"/calls/{call.pk}/", headers=ENGLISH).content.decode()
    assert "pause_recording" not in page, "nothing is recorded of this call"
    call.snapshot["record"] = True
    call.save()
    page = client.get(f"/calls/{call.pk}/", headers=ENGLISH).content.decode()
    assert 'value="pause_recording"' in page
    assert client.post(f"/calls/{call.pk}/command/", {"ask": "pause_recording"}).status_code == 302
    call.snapshot["paused_at"] = call.started_at.timestamp() + 20
    call.save()
    page = client.get(f"/calls/{call.pk}/", headers=ENGLISH).content.decode()
    assert "The recording is paused." in page
    assert 'value="resume_recording"' in page
    assert 'value="pause_recording"' not in page
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    assert client.post(f"/calls/{call.pk}/command/", {"ask": "resume_recording"}).status_code == 302
    kinds = list(CallCommand.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["pause_recording", "resume_recording"]


def three_again(**asides: str) -> tuple[Call, dict[str, Leg]]:
    """Another call of three, without an interpreter of its own."""
    call = cast.call(60, way_in="transferred")
    legs = {role: cast.leg(call, role) for role in ("caller", "agent", "interpreter")}
    call.snapshot = {
        "principal": legs["caller"].pk,
        "legs": [
            {"id": leg.pk, "role": role, "phase": "up" if role in asides else "joined", "aside": asides.get(role, "")}
            for role, leg in legs.items()
        ],
    }
    call.save()
    return call, legs


def test_the_interpreter_has_them_on_her_own_desk(client: Client) -> None:
    call, legs = three()
    leg = legs["interpreter"]
    assert leg.interpreter is not None
    client.force_login(leg.interpreter.person)
    desk = client.get("/", headers=ENGLISH).content.decode()
    assert "Hand over to a colleague" in desk
    assert f'value="{leg.pk}"' in desk, "she asks for herself"
    assert client.post(f"/calls/{call.pk}/command/", {"ask": "hand_over", "asker": leg.pk}).status_code == 302


def test_the_card_of_keys_can_be_printed_by_everybody_who_signs_in(client: Client) -> None:
    client.force_login(cast.person("li", Role.INTERPRETER))
    page = client.get("/keys/", headers=ENGLISH).content.decode()
    for keys in ("*1#", "*2#", "*3#", "*4#", "*5#", "*00#", "##"):
        assert f"<kbd>{keys}</kbd>" in page


def test_a_party_is_muted_and_something_is_said_to_one_or_all(client: Client) -> None:
    call, legs = three()
    call.snapshot["legs"][1]["muted"] = True
    call.save()
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    page = client.get(f"/calls/{call.pk}/", headers=ENGLISH).content.decode()
    assert page.count('name="ask" value="mute"') == 2
    assert page.count('name="ask" value="unmute"') == 1
    assert "Heard by nobody" in page
    assert "Please speak slowly" in page
    url, agent = f"/calls/{call.pk}/command/", legs["agent"].pk
    for form in (
        {"ask": "unmute", "leg": agent},
        {"ask": "mute", "leg": agent},
        {"ask": "announce", "prompt": "slowly", "leg": ""},
        {"ask": "announce", "prompt": "ending_soon", "leg": agent},
    ):
        assert client.post(url, form).status_code == 302
    assert list(CallCommand.objects.order_by("id").values_list("kind", "arguments")) == [
        ("unmute", {"leg": agent}),
        ("mute", {"leg": agent}),
        ("announce", {"prompt": "slowly"}),
        ("announce", {"prompt": "ending_soon", "leg": agent}),
    ]
    assert client.post(url, {"ask": "announce", "prompt": "goodbye"}).status_code == 400
    elsewhere = cast.leg(cast.call(), "agent").pk
    assert client.post(url, {"ask": "announce", "prompt": "slowly", "leg": elsewhere}).status_code == 404
    actions = list(JournalEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions[-4:] == ["call.unmute", "call.mute", "call.announce", "call.announce"]


def test_what_was_announced_stands_in_the_history_as_a_sentence(client: Client) -> None:
    call, legs = three()
    cast.event(call, "announced", prompt="one_voice")
    cast.event(call, "muted", of_leg=legs["agent"])
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    page = client.get(f"/calls/{call.pk}/", headers=ENGLISH).content.decode()
    assert "Announced: Please speak one at a time." in page
    assert "A party is muted" in page
