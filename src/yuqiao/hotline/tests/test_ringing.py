"""Several phones for one request: the first who takes the call has it; voicemails, dead phones, calling away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.precedence import Precedence, Rung, precedence, whom
from yuqiao.hotline.state import LegPhase, LegState, restore, snapshot
from yuqiao.hotline.tests.world import World

ENGLISH = Facts(language="en")


def phones(world: World) -> list[LegState]:
    return [leg for leg in world.call.legs if leg.role == "interpreter"]


def acts(effects: list[ask.Effect], kind: type) -> list[ask.Effect]:
    return [effect for effect in effects if isinstance(effect, kind)]


def test_the_first_of_two_joins_and_the_other_is_hung_up_and_released_unblamed() -> None:
    world = World(ENGLISH, ["two"])
    world.up("caller")
    one, other = phones(world)
    effects = world.tell(engine.LegControlled(other.id, world.now))
    assert acts(effects, ask.Join) == [ask.Join(other.id)]
    assert acts(effects, ask.HangUp) == [ask.HangUp(one.id)]
    assert not acts(effects, ask.Release), "she is free once her phone is down, not before"
    late = world.tell(engine.LegControlled(one.id, world.now))
    assert late == [ask.HangUp(one.id)], "who answers too late is not heard"
    effects = world.gone(one.id)
    assert acts(effects, ask.Release) == [ask.Release(one.request, "ready", one.interpreter)]
    assert not acts(effects, ask.Seek)
    request = world.call.requests[0]
    assert (request.state, request.interpreter, request.ringing) == ("answered", other.interpreter, ())
    assert world.kinds().count("interpreter_not_needed") == 1
    assert "interpreter_refused" not in world.kinds()


def test_one_refusal_of_two_asks_for_another_while_the_other_rings_on() -> None:
    world = World(ENGLISH, ["two", "claimed"])
    one, other = phones(world)
    effects = world.gone(one.id, engine.BUSY)
    assert len(acts(effects, ask.Ring)) == 1, "the next one at once"
    assert not acts(effects, ask.HangUp)
    assert world.call.requests[0].ringing == (other.interpreter, phones(world)[-1].interpreter)


def test_all_gone_and_nobody_more_is_the_end_of_the_search() -> None:
    world = World(ENGLISH, ["two", "nobody", "nobody"])
    one, other = phones(world)
    world.gone(one.id, engine.BUSY)
    assert world.call.requests[0].state == "claimed", "one still rings"
    world.gone(other.id, engine.NO_ANSWER)
    assert world.call.requests[0].state == "unmet"
    assert world.kinds().count("interpreter_refused") == 1
    assert world.kinds().count("interpreter_unreachable") == 1


def test_the_queue_is_asked_again_while_phones_ring() -> None:
    world = World(ENGLISH, ["claimed", "wait", "two"], look_after=4.0)
    effects = world.later(4.5)
    assert len(acts(effects, ask.Seek)) == 1
    assert len(phones(world)) == 1
    assert "waiting" not in world.kinds(), "nobody waits while a phone rings"
    effects = world.later(4.0)
    assert len(acts(effects, ask.Ring)) == 2, "the batch grows"
    world.tell(engine.LegControlled(phones(world)[0].id, world.now))
    assert not [name for name, _ in world.call.deadlines if name.startswith("look:")]


def test_a_mobile_is_joined_only_after_1_and_the_prompt_is_heard_apart() -> None:
    world = World(ENGLISH, ["mobile"])
    world.up("caller")
    mobile = phones(world)[0]
    before = world.call.playing
    effects = world.tell(engine.LegControlled(mobile.id, world.now))
    (prompt,) = acts(effects, ask.Play)
    assert isinstance(prompt, ask.Play)
    assert prompt.media == ("sound:yuqiao/zh/confirm", "sound:yuqiao/en/confirm")
    assert world.call.playing == before, "the caller goes on hearing what the caller heard"
    assert not acts(effects, ask.Join)
    assert phones(world)[0].answered_at is None
    assert world.aside() == "confirm"
    assert world.aside() == "confirm", "twice"
    assert world.call.asides == ()
    for key in "*35":
        assert world.tell(engine.KeyPressed(mobile.id, key, world.now)) == []
    effects = world.tell(engine.KeyPressed(mobile.id, "1", world.now))
    assert acts(effects, ask.Join) == [ask.Join(mobile.id)]
    assert acts(effects, ask.Engage) == [ask.Engage(mobile.request, 1)]
    assert world.later(60) is not None
    assert world.call.requests[0].state == "answered"


def test_a_voicemail_is_hung_up_and_the_next_one_is_rung() -> None:
    world = World(ENGLISH, ["mobile", "claimed"])
    world.up("caller")
    mobile = phones(world)[0]
    world.tell(engine.LegRinging(mobile.id, world.now))
    world.tell(engine.LegControlled(mobile.id, world.now))
    effects = world.later(8.0)
    assert ask.HangUp(mobile.id) in effects
    assert ask.Release(mobile.request, "ready", mobile.interpreter) in effects
    assert len(acts(effects, ask.Ring)) == 1
    assert "voicemail_suspected" in world.kinds()
    assert not [one for one in world.done if one == ask.Join(mobile.id)]


def test_2_and_hanging_up_refuse() -> None:
    for refuse in ("key", "hang up"):
        world = World(ENGLISH, ["mobile", "claimed"])
        mobile = phones(world)[0]
        world.tell(engine.LegControlled(mobile.id, world.now))
        if refuse == "key":
            assert ask.HangUp(mobile.id) in world.tell(engine.KeyPressed(mobile.id, "2", world.now))
            assert not world.tell(engine.KeyPressed(mobile.id, "2", world.now)), "once"
        effects = world.gone(mobile.id)
        assert len(acts(effects, ask.Ring)) == 1
        assert world.kinds()[-2:] == ["interpreter_refused", "interpreter_rung"]


def test_of_two_mobiles_the_first_who_presses_1_joins() -> None:
    world = World(ENGLISH, ["both"])
    mobile, desk_phone = phones(world)
    world.tell(engine.LegControlled(mobile.id, world.now))
    assert [one.leg for one in world.call.asides] == [mobile.id]
    effects = world.tell(engine.LegControlled(desk_phone.id, world.now))
    assert ask.Join(desk_phone.id) in effects
    assert ask.HangUp(mobile.id) not in effects
    assert world.aside() == "taken", "nobody who picked up is cut off without a word"
    assert world.done[-1] == ask.HangUp(mobile.id)
    effects = world.tell(engine.KeyPressed(mobile.id, "1", world.now))
    assert not acts(effects, ask.Join)
    world.gone(mobile.id)
    assert world.held == {desk_phone.interpreter: desk_phone.request}


def test_a_dead_phone_is_helped_out_after_three_seconds_and_kept_until_its_limit() -> None:
    world = World(ENGLISH, ["claimed", "claimed"])
    world.up("caller")
    dead = phones(world)[0]
    effects = world.later(3.0)
    assert len(acts(effects, ask.Ring)) == 1
    assert not acts(effects, ask.HangUp)
    assert "no_ringing_heard" in world.kinds()
    second = phones(world)[1]
    world.tell(engine.LegRinging(second.id, world.now))
    assert len(acts(world.later(10), ask.Seek)) == 0, "the second one rings"
    effects = world.gone(dead.id, engine.NO_ANSWER)
    assert ask.Release(dead.request, "off", dead.interpreter) in effects
    assert "interpreter_unreachable" in world.kinds()


def test_a_dead_phone_that_nobody_needs_any_more_is_off_duty_unless_it_is_a_mobile() -> None:
    for found, to in (("claimed", "off"), ("mobile", "ready")):
        world = World(ENGLISH, [found, "claimed"])
        world.up("caller")
        dead = phones(world)[0]
        world.later(3.0)
        world.tell(engine.LegControlled(phones(world)[1].id, world.now))
        effects = world.gone(dead.id)
        assert acts(effects, ask.Release) == [ask.Release(dead.request, to, dead.interpreter)]
        assert ("interpreter_unreachable" in world.kinds()) == (to == "off")


def test_a_phone_found_late_is_not_dead() -> None:
    world = World(ENGLISH, ["claimed", "claimed"])
    world.up("caller")
    late = phones(world)[0]
    world.later(3.0)
    assert world.call.requests[0].dead == (late.interpreter,)
    world.tell(engine.LegRinging(late.id, world.now))
    assert not world.call.requests[0].dead


def test_a_phone_that_rings_is_not_taken_for_dead() -> None:
    world = World(ENGLISH, ["claimed", "claimed"])
    world.up("caller")
    world.tell(engine.LegRinging(phones(world)[0].id, world.now))
    assert not acts(world.later(10), ask.Ring)
    assert world.kinds().count("interpreter_ringing") == 1


def test_an_interpreter_who_merely_rings_is_called_away_once() -> None:
    world = World(ENGLISH, ["claimed", "claimed"])
    rung = phones(world)[0]
    effects = world.tell(desk.Preempted(5, rung.request, rung.interpreter or 0, world.now))
    assert effects[-2:] == [ask.FinishCommand(5), ask.HangUp(rung.id)]
    assert world.tell(engine.LegControlled(rung.id, world.now)) == [ask.HangUp(rung.id)], "she picked up too late"
    effects = world.gone(rung.id)
    assert effects[0] == ask.Release(rung.request, "ready", rung.interpreter)
    assert len(acts(effects, ask.Ring)) == 1
    assert "interpreter_refused" not in world.kinds()
    request, again = world.call.requests[0], phones(world)[1]
    assert request.preempted
    assert request.tried == (again.interpreter,), "who was called away may be rung again"
    effects = world.tell(desk.Preempted(6, rung.request, again.interpreter or 0, world.now))
    assert effects == [ask.FinishCommand(6, "she does not ring any more")], "not a second time"


def test_who_picked_up_is_not_called_away() -> None:
    for found in ("claimed", "mobile"):
        world = World(ENGLISH, [found])
        rung = phones(world)[0]
        world.tell(engine.LegControlled(rung.id, world.now))
        effects = world.tell(desk.Preempted(5, rung.request, rung.interpreter or 0, world.now))
        assert effects == [ask.FinishCommand(5, "she does not ring any more")]


def test_a_new_call_server_plays_the_prompt_again_and_believes_a_join() -> None:
    world = World(ENGLISH, ["both"])
    world.up("caller")
    mobile, other = phones(world)
    world.tell(engine.LegControlled(mobile.id, world.now))
    caller = world.call.principal
    up = frozenset({caller, mobile.id})
    review = engine.EngineReviewed(world.now, up=up, ringing=frozenset({other.id}), joined=frozenset({caller}))
    effects = world.tell(review)
    assert [play.leg for play in world.done if isinstance(play, ask.Play)][-1] == mobile.id
    assert not acts(effects, ask.Join)
    assert world.call.leg(mobile.id) is not None
    world.tell(engine.EngineReviewed(world.now, up=up, ringing=frozenset({other.id}), joined=up))
    joined = world.call.leg(mobile.id)
    assert joined is not None
    assert joined.phase is LegPhase.JOINED, "the old server had put her in before it died: 1 was pressed"
    assert world.call.requests[0].interpreter == mobile.interpreter


def test_an_older_servers_snapshot_is_understood() -> None:
    world = World(ENGLISH, ["claimed"])
    data = snapshot(world.call)
    for name in ("asides",):
        del data[name]
    for leg in data["legs"]:
        del leg["confirm"], leg["let_go"]
    for request in data["requests"]:
        del request["ringing"], request["preempted"]
    old = restore(data)
    assert old.requests[0].ringing == ()
    world.call = old
    rung = phones(world)[0]
    world.up("interpreter")
    assert world.call.requests[0].interpreter == rung.interpreter


RUNG = st.builds(
    Rung,
    st.integers(1, 9),
    st.sampled_from("abc"),
    st.sampled_from(Precedence),
    st.floats(0, 100),
    st.tuples(st.just(True), st.booleans(), st.floats(0, 100), st.just("id")),
    st.integers(0, 3),
    st.booleans(),
    st.booleans(),
)


@given(st.sampled_from(Precedence), st.lists(RUNG, max_size=8))
def test_only_a_less_urgent_call_loses_somebody_and_only_once(mine: Precedence, rung: list[Rung]) -> None:
    place = (True, False, 50.0, "me")
    chosen = whom(mine, place, rung)
    may = [one for one in rung if one.precedence < mine and not one.preempted and not one.head and one.place > place]
    assert (chosen is None) == (not may)
    if chosen is not None:
        assert chosen in may
        assert chosen.precedence == min(one.precedence for one in may), "the least urgent first"
        again = whom(mine, place, reversed(rung))
        assert again is not None
        assert (again.interpreter, again.since) == (chosen.interpreter, chosen.since), "no chance in it"


def test_classes_of_calls() -> None:
    assert precedence("callback", 100) is Precedence.OUTBOUND
    assert precedence("direct", 0) is Precedence.CALLER
    assert precedence("beside_agent", 100) is Precedence.EMERGENCY
