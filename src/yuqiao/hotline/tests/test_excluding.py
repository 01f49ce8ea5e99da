"""A line's exclusions are enforced: who hears that a call is about one says so, and the service is refused (S25)."""

from __future__ import annotations

import pytest

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline import services
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.models import Call
from yuqiao.hotline.registry import Exclusion
from yuqiao.hotline.state import LegPhase, Phase, Timing
from yuqiao.hotline.tests.test_before_rows import arrival, line
from yuqiao.hotline.tests.test_ways_in import plays
from yuqiao.hotline.tests.world import World
from yuqiao.hotline.wishes import CommandError, ask_excluded, event_of

NO_COURTS = Facts(language="fr", line="12345", excludes=("judicial",), survey=True)


def talking(facts: Facts = NO_COURTS) -> World:
    """Caller and interpreter talk, and are recorded."""
    world = World(facts, ["claimed"])
    world.up("caller")
    world.up("interpreter")
    while world.call.playing is not None:
        world.heard()
    for track in world.call.tracks:
        world.tell(engine.RecordingBegan(track.name, world.now))
    return world


def keys(world: World, pressed: str) -> None:
    """The interpreter presses these keys."""
    for key in pressed:
        world.tell(engine.KeyPressed(world.leg("interpreter"), key, world.now))


def test_by_the_interpreter_s_keys_the_caller_hears_why_and_the_call_ends() -> None:
    world = talking()
    assert world.call.recording
    mark = len(world.done)
    keys(world, "*6#")
    after = world.done[mark:]
    assert plays(after)[-1] == "sound:yuqiao/fr/excluded"
    assert {one.name for one in after if isinstance(one, ask.StopRecording)} >= {one.name for one in world.call.tracks}
    assert [one.detail for one in after if isinstance(one, ask.Journal)] == [{"matter": "judicial", "by": "key"}]
    assert (world.phase(), world.call.outcome) == (Phase.CLOSING, "excluded")
    assert world.heard() == "excluded"
    assert world.done[-1] == ask.HangUp(world.call.principal), "after the reason, and no question how it was"
    for leg in world.call.legs:
        world.gone(leg.id)
    assert not [one for one in world.done if isinstance(one, ask.OpenCallback | ask.InviteToRate)]
    assert [note.data for note in world.notes if note.kind == "excluded"] == [
        {"matter": "judicial", "by": "interpreter"}
    ]


def test_what_the_line_does_not_exclude_is_not_refused() -> None:
    world = talking()
    keys(world, "*7#")
    assert world.phase() is Phase.TALKING
    refused = next(note for note in world.notes if note.kind == "wish_refused")
    assert refused.data["why"] == "this line does not exclude it"
    command = next(world.commands)
    world.tell(desk.ExcludedAsked(command, "secret", world.now))
    assert ask.FinishCommand(command, "this line does not exclude it") in world.done


def test_an_agent_who_hears_it_before_an_interpreter_came_refuses_and_nobody_is_owed_a_call() -> None:
    world = World(Facts("beside_agent", "12345", language="ru", excludes=("secret",)), ["wait"])
    world.up("agent")
    command = next(world.commands)
    world.tell(desk.ExcludedAsked(command, "secret", world.now))
    assert ask.FinishCommand(command, "") in world.done
    assert world.call.open_request is None
    world.later(60)
    for leg in world.call.legs:
        if leg.phase is not LegPhase.OVER:
            world.gone(leg.id)
    world.later(60)
    assert (world.phase(), world.call.outcome) == (Phase.ENDED, "excluded")
    assert not [one for one in world.done if isinstance(one, ask.OpenCallback)]


@pytest.mark.database
@pytest.mark.django_db
def test_the_registry_decides_what_can_be_refused_and_the_call_keeps_it() -> None:
    line(excludes=[Exclusion.JUDICIAL.value])
    state, _acts = services.admit(arrival("ja"), Timing())
    assert state.excludes == ("judicial",)
    call = Call.objects.get(pk=state.id)
    with pytest.raises(CommandError):
        ask_excluded(call, "secret", by=None)
    command = ask_excluded(call, "judicial", by=None)
    assert event_of(command, 1.0) == desk.ExcludedAsked(command.pk, "judicial", 1.0)
