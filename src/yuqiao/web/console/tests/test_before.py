"""The call's page: language and how it became known, what was suggested, a refusal, what the line excludes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline.models import Call, CallCommand, CallEvent, Line
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]
ENGLISH = {"accept-language": "en"}


def page(client: Client, call: Call) -> str:
    return client.get(f"/calls/{call.pk}/", headers=ENGLISH).content.decode()


def suggested(call: Call, language: str = "ja") -> None:
    data = {"language": language, "confidence": 0.91, "model": "whisper-base"}
    CallEvent.objects.create(call=call, at=now(), kind="language_suggested", data=data)


def test_the_page_says_how_the_language_became_known_and_what_the_line_excludes(client: Client) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    call = cast.call(20)
    Call.objects.filter(pk=call.pk).update(language="ja", language_by="hlang")
    Line.objects.filter(calls=call).update(
        excludes=["judicial"], valid_until=timezone.localdate() - dt.timedelta(days=1)
    )
    shown = page(client, call)
    for sentence in ("by the caller&#x27;s phone", "Judicial matters", "The line is not in service today"):
        assert sentence in shown


def test_a_suggestion_is_confirmed_by_one_button_and_gone_once_it_was(client: Client) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    call = cast.call(20)
    Call.objects.filter(pk=call.pk).update(language="")
    suggested(call)
    shown = page(client, call)
    assert "Suggested by machine" in shown
    assert "0.91" in shown
    form = {"ask": "choose_language", "language": "ja"}
    assert client.post(f"/calls/{call.pk}/command/", form).status_code == 302
    [command] = CallCommand.objects.all()
    assert (command.kind, command.arguments) == ("choose_language", {"language": "ja"})
    Call.objects.filter(pk=call.pk).update(language="ja", language_by="speech")
    assert "Suggested by machine</span>" not in page(client, call)


def test_another_interpreter_is_asked_for_and_the_history_says_which(client: Client) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    call = cast.call(20)
    Call.objects.filter(pk=call.pk).update(language="ja")
    assert "Seek another interpreter" in page(client, call)
    form = {"ask": "another", "gender": "f", "level": "2", "domain": ""}
    assert client.post(f"/calls/{call.pk}/command/", form).status_code == 302
    [command] = CallCommand.objects.all()
    assert (command.kind, command.arguments) == ("another", {"level": "2", "gender": "f"})
    assert JournalEntry.objects.filter(action="call.another").count() == 1
    nothing = client.post(
        f"/calls/{call.pk}/command/", form | {"gender": "", "level": "1"}, headers=ENGLISH, follow=True
    )
    assert "Say what the other interpreter should be" in nothing.content.decode()
    assert CallCommand.objects.count() == 1
    data = {"gender": "f", "level": 2}
    CallEvent.objects.create(call=call, at=now(), kind="another_asked", data=data)
    assert "Another interpreter is asked for: Woman / Level 2 or higher" in page(client, call)


def test_a_call_about_what_the_line_excludes_is_refused_from_its_page(client: Client) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    call = cast.call(20)
    assert "Refuse and end the call" not in page(client, call), "this line excludes nothing"
    Line.objects.filter(calls=call).update(excludes=["judicial"])
    assert "Refuse and end the call" in page(client, call)
    url = f"/calls/{call.pk}/command/"
    assert client.post(url, {"ask": "excluded", "matter": "secret"}).status_code == 400
    assert client.post(url, {"ask": "excluded", "matter": "judicial"}).status_code == 302
    assert CallCommand.objects.get().arguments == {"matter": "judicial"}
    assert JournalEntry.objects.get(action="call.excluded").detail == {"matter": "judicial"}
    CallEvent.objects.create(call=call, at=now(), kind="excluded", data={"matter": "judicial", "by": "desk"})
    assert "About Judicial matters, which the line excludes" in page(client, call)


def test_the_agent_of_the_line_may_ask_for_another_too(client: Client) -> None:
    call = cast.call(20)
    Call.objects.filter(pk=call.pk).update(language="ja")
    assert call.line is not None
    agent = cast.person("agent", Role.AGENT)
    agent.grants.update(line_number=call.line.number)
    client.force_login(agent)
    assert client.post(f"/calls/{call.pk}/command/", {"ask": "another", "gender": "m"}).status_code == 302
    assert CallCommand.objects.get().arguments == {"gender": "m"}


@pytest.mark.parametrize("language", ["", "zh", "tlh"])
def test_only_a_foreign_service_language_can_be_chosen(client: Client, language: str) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    call = cast.call(20)
    form = {"ask": "choose_language", "language": language}
    assert client.post(f"/calls/{call.pk}/command/", form).status_code == 400
    assert not CallCommand.objects.exists()


def test_a_refusal_is_journaled_and_then_shown_in_place_of_the_recording(client: Client) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    call = cast.call(20)
    assert "Stop recording and delete" in page(client, call)
    client.post(f"/calls/{call.pk}/command/", {"ask": "refuse_recording"})
    assert CallCommand.objects.get().kind == "refuse_recording"
    assert JournalEntry.objects.filter(action="call.refuse_recording", subject_id=str(call.pk)).exists()
    over = cast.finished_call()
    Call.objects.filter(pk=over.pk).update(consent="refused", consent_by="caller")
    shown = page(client, over)
    assert "nothing was kept" in shown
    assert "by the caller&#x27;s key" in shown


def test_where_recording_is_a_duty_nobody_is_offered_to_stop_it(client: Client) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    call = cast.call(20)
    Line.objects.filter(calls=call).update(recording="always")
    assert "Stop recording and delete" not in page(client, call)


def test_an_agent_of_the_line_chooses_the_language_while_the_call_runs_and_nothing_else(client: Client) -> None:
    call = cast.call(20)
    assert call.line is not None
    client.force_login(cast.person("zhao", Role.AGENT, line=call.line.number))
    assert f"/calls/{call.pk}/" in client.get("/", headers=ENGLISH, follow=True).content.decode()
    shown = page(client, call)
    assert 'value="choose_language"' in shown
    assert 'value="end"' not in shown
    url = f"/calls/{call.pk}/command/"
    assert client.post(url, {"ask": "choose_language", "language": "ko"}).status_code == 302
    assert client.post(url, {"ask": "end"}).status_code == 403
    Call.objects.filter(pk=call.pk).update(ended_at=now())
    assert client.get(f"/calls/{call.pk}/").status_code == 403


def test_an_interpreter_on_the_call_sees_on_her_desk_what_it_must_not_be_about(client: Client) -> None:
    helper = cast.interpreter("E-01", "en")
    call = cast.call(20)
    leg = cast.leg(call, "interpreter", interpreter=helper)
    Line.objects.filter(calls=call).update(excludes=["judicial"])
    client.force_login(helper.person)
    desk = client.get("/", headers=ENGLISH).content.decode()
    assert "Judicial matters" in desk
    assert "Stop recording and delete" in desk
    leg.ended_at = now()
    leg.save()
    assert "Judicial matters" not in client.get("/", headers=ENGLISH).content.decode()


def test_an_agent_of_another_line_sees_nothing(client: Client) -> None:
    call = cast.call(20)
    client.force_login(cast.person("qian", Role.AGENT, line="110"))
    assert client.get(f"/calls/{call.pk}/").status_code == 403
    form = {"ask": "choose_language", "language": "ko"}
    assert client.post(f"/calls/{call.pk}/command/", form).status_code == 403
