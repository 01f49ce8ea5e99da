"""Whatever happens, in whatever order, late, twice or never: a call ends, and leaves nobody held and nothing open."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.calling_back import Outbound
from yuqiao.hotline.rebuilding import MOST_CUTS
from yuqiao.hotline.recalling import TRIES
from yuqiao.hotline.state import OPEN_REQUEST, OUTBOUND, OUTREACH, LegPhase, Phase, Timing, TrackPhase
from yuqiao.hotline.tests.listening_in import check_briefed, check_monitors, listens, told
from yuqiao.hotline.tests.world import World

CAUSES = st.sampled_from([16, 17, 19, 20, 21, 27, 34, 38, 127, 0])
FACTS = st.builds(
    Facts,
    way_in=st.sampled_from(["direct", "beside_agent", "transferred"]),
    line=st.sampled_from(["", "12345"]),
    agent_contact=st.sampled_from(["", "sip:agent@desk"]),
    record=st.booleans(),
    language=st.sampled_from(["", "en", "ja"]),
    survey=st.booleans(),
    refusable=st.booleans(),
    hints=st.sampled_from([(), ("ru",), ("ko", "ja")]),
    menu=st.sampled_from([(), ("ko", "en")]),
    excludes=st.sampled_from([(), ("judicial",)]),
    valid=st.booleans(),
    outbound=st.sampled_from(["", "sip:caller@trunk"]),
)
WANTED = st.builds(
    Outbound,
    kind=st.sampled_from(sorted(OUTBOUND)),
    row=st.just(7),
    contact=st.just("sip:caller@trunk"),
    number=st.just("13900000001"),
    language=st.sampled_from(["", "en", "ja"]),
    record=st.booleans(),
    survey=st.booleans(),
    refusable=st.booleans(),
    excludes=st.sampled_from([(), ("secret",)]),
    agent_contact=st.sampled_from(["", "sip:agent@desk"]),
)
STEPS = ["arrive", "ring", "answer", "control", "join", "end", "key", "play", "began", "recorded", "review"]
STEPS += [
    "claim",
    "wait",
    "nobody",
    "again",
    "found",
    "unknown",
    "add",
    "drop",
    "stop",
    "time",
    "later",
    "preempt",
    "confirm",
    "wish",
]
STEPS += [
    "hold",
    "resume",
    "consult",
    "merge",
    "handover",
    "another",
    "excluded",
    "escalate",
    "manager",
    "service",
    "music",
]

STEPS += ["monitor", "monitor", "monitor", "mute", "announce"]
STEPS += ["language", "refuse", "suggest", "keys", "longer", "pause recording", "resume recording"]
STEPS += ["cut", "restarted"]


@st.composite
def happenings(draw: st.DrawFn, world: World) -> desk.Event:  # noqa: PLR0911, PLR0912 (a list of what may happen)
    """Anything that may be told to this call: mostly about what it knows, sometimes about what it does not."""
    call = world.call
    legs = [leg.id for leg in call.legs] or ["nobody-yet"]
    leg = draw(st.sampled_from([*legs, "stranger"]))
    request = draw(st.sampled_from([*(one.id for one in call.requests), "stranger"]))
    track = draw(st.sampled_from([*(one.name for one in call.tracks), "stranger"]))
    playing = [one.id for one in (call.playing, *call.asides) if one is not None]
    some = st.frozensets(st.sampled_from(legs))
    at = world.now
    match draw(st.sampled_from(STEPS)):
        case "arrive":
            return engine.LegArrived(leg, "1", "2", at)
        case "ring":
            return engine.LegRinging(leg, at)
        case "answer":
            return engine.LegAnswered(leg, at)
        case "control":
            return engine.LegControlled(leg, at)
        case "join":
            return engine.LegJoined(leg, at)
        case "end":
            # The caller seldom leaves, so that there is something to see.
            other = draw(st.sampled_from([one for one in [*legs, "stranger"] if one != call.principal]))
            return engine.LegEnded(leg if draw(st.integers(0, 5)) == 0 else other, draw(CAUSES), at)
        case "cut":  # our engine loses the call
            return engine.LegEnded(leg, 41, at, by_engine=True)
        case "restarted":
            away = draw(st.sampled_from([0.0, 3.0, 200.0]))
            return engine.EngineReviewed(at, draw(some), draw(some), since=at - 0.5, away=away)
        case "key":
            return engine.KeyPressed(leg, draw(st.sampled_from("0123456789*#A")), at)
        case "keys":  # those that mean something
            interpreters = [one.id for one in call.legs if one.role == "interpreter"]
            who = draw(st.sampled_from([call.principal or "nobody-yet", *interpreters]))
            return engine.KeyPressed(who, draw(st.sampled_from("0*#")), at)
        case "language":
            return desk.LanguageAsked(next(world.commands), draw(st.sampled_from(["en", "ja", "ru", "zh", "tlh"])), at)
        case "pause recording":
            return desk.PauseRecordingAsked(next(world.commands), at)
        case "resume recording":
            return desk.ResumeRecordingAsked(next(world.commands), at)
        case "refuse":
            return desk.RefusalAsked(next(world.commands), at)
        case "suggest":
            language = draw(st.sampled_from(["", "ja", "zh", "tlh"]))
            return desk.LanguageSuggested(language, draw(st.floats(0, 1)), "test", at)
        case "wish":  # the keys of an interpreter in a call that we began, one after the other
            hers = next((one for one in call.legs if one.role == "interpreter" and one.present), None)
            if hers is None:
                return desk.TryAgain(at)
            key = {"*": draw(st.sampled_from("89")), "*8": "#", "*9": "#"}.get(hers.keys, "*")
            return engine.KeyPressed(hers.id, key, at)
        case "play":
            return engine.PlaybackEnded(
                draw(st.sampled_from([*playing, "stranger"])), leg, at, done=draw(st.booleans())
            )
        case "began":
            return engine.RecordingBegan(track, at)
        case "recorded":
            return engine.RecordingEnded(track, 1000, at, done=draw(st.booleans()))
        case "review":
            running = st.frozensets(st.sampled_from([track, *(one.name for one in call.tracks)]))
            return engine.EngineReviewed(at, draw(some), draw(some), draw(some), draw(running))
        case "again":
            return desk.TryAgain(at)
        case "wait":
            return desk.MustWait(request, at, draw(st.none() | st.floats(at, at + 30)))
        case "nobody":
            return desk.NobodyThere(request, at)
        case "found":
            return desk.PartyFound("110", "sip:110@desk", at, None, draw(st.sampled_from([leg, ""])))
        case "unknown":
            return desk.PartyUnknown("999", at)
        case "add":
            return desk.AddPartyAsked(
                next(world.commands), draw(st.sampled_from(["110", "999"])), draw(st.sampled_from(["", "sip:x@y"])), at
            )
        case "drop":
            return desk.DropLegAsked(next(world.commands), leg, at)
        case "hold":
            return desk.HoldAsked(next(world.commands), leg, at)
        case "resume":
            return desk.ResumeAsked(next(world.commands), leg, at)
        case "consult":
            partner = draw(st.sampled_from([*legs, "", "stranger"]))
            return desk.ConsultAsked(next(world.commands), draw(st.sampled_from([leg, ""])), partner, at)
        case "merge":
            return desk.MergeAsked(next(world.commands), at)
        case "handover":
            return desk.HandOverAsked(next(world.commands), draw(st.sampled_from([leg, ""])), at)
        case "another":
            if draw(st.booleans()):
                return desk.RerouteAsked(next(world.commands), draw(st.integers(0, 3)), at)
            level, gender = draw(st.integers(1, 3)), draw(st.sampled_from(["", "f"]))
            return desk.AnotherAsked(next(world.commands), level, draw(st.sampled_from(["", "medical"])), gender, at)
        case "mute" | "announce" as what:
            return told(draw, world, what, leg)
        case "monitor":
            return listens(draw, world)
        case "longer":
            return desk.LongerWait(next(world.commands), draw(st.sampled_from([10.0, 180.0])), at)
        case "excluded":
            return desk.ExcludedAsked(next(world.commands), draw(st.sampled_from(["judicial", "secret"])), at)
        case "escalate":
            return desk.EscalateAsked(next(world.commands), at)
        case "manager":
            return desk.CallManagerAsked(next(world.commands), at)
        case "service":
            keyed = [one for one in call.legs if one.keys.startswith("*") and one.role == "interpreter"]
            if not keyed:
                return engine.KeyPressed(leg, "*", at)
            return engine.KeyPressed(keyed[0].id, draw(st.sampled_from("0123467###")), at)
        case "music":
            music = draw(st.sampled_from([*(one.music for one in call.legs), "stranger"]))
            return engine.PlaybackEnded(music, leg, at, done=draw(st.booleans()))
        case "preempt":
            rung = [leg.interpreter or 0 for leg in call.legs]
            return desk.Preempted(next(world.commands), request, draw(st.sampled_from([*rung, 999])), at)
        case "confirm":
            asked = [leg.id for leg in call.legs if leg.phase is LegPhase.CONFIRMING]
            return engine.KeyPressed(draw(st.sampled_from([*asked, leg])), draw(st.sampled_from("12")), at)
        case "stop" if draw(st.integers(0, 5)) == 0:
            return desk.EndAsked(next(world.commands), at)
        case "later":
            world.now += draw(st.floats(0.01, 60))
            return desk.TimeCame(world.now)
        case _:
            return desk.TimeCame(call.next_deadline or at)


def check_always(world: World) -> None:
    """What holds at every moment of a call."""
    call = world.call
    assert sum(request.state in OPEN_REQUEST for request in call.requests) <= 1
    for interpreter in world.held:
        legs = [leg for leg in call.legs if leg.interpreter == interpreter]
        again = any(leg.id in call.pending for leg in legs) and "again" in {name for name, _ in call.deadlines}
        assert again or any(leg.phase is not LegPhase.OVER for leg in legs), "held without a leg that could end"
    for request in call.requests:
        joined = [leg for leg in call.legs if leg.request == request.id and leg.present]
        assert len(joined) <= 1, "two interpreters joined for one request"
        assert set(request.ringing) <= set(world.held), "rung without being held"
        assert (request.state == "claimed") <= bool(request.ringing), "claimed while nobody rings"
    for leg in call.legs:
        heard = [effect for effect in world.done if isinstance(effect, ask.Join) and effect.leg == leg.id]
        assert leg.answered_at is not None or not heard, "somebody who may be a voicemail was put into the call"
        if leg.phase is LegPhase.CONFIRMING and call.phase is not Phase.CLOSING:
            assert f"confirm:{leg.id}" in {name for name, _ in call.deadlines}, "1 is awaited without a limit"
    assert {one.leg for one in call.asides} <= {leg.id for leg in call.legs if leg.phase is not LegPhase.OVER}
    if call.phase is not Phase.ENDED:
        waits = [request for request in call.requests if request.state == "waiting"]
        deadlines = {name for name, _ in call.deadlines}
        assert not waits or "wait" in deadlines, "a request waits without a limit"
        for leg in call.legs:
            if leg.phase is LegPhase.RINGING and not leg.inbound and call.phase is not Phase.CLOSING:
                assert f"ring:{leg.id}" in deadlines, "a leg rings without a limit"
        if call.phase is Phase.CLOSING:
            assert deadlines & {"closing", "forced"}, "a call closes without a limit"
    rated = [effect for effect in world.done if isinstance(effect, ask.Rated | ask.InviteToRate)]
    assert len(rated) <= 1, "one rating or one link, whatever is pressed"
    if rated:
        assert call.survey, "asked though the line does not ask"
        assert call.interpreter_at is not None, "asked though nobody was served"
    if call.way_in in OUTBOUND:
        rings = [effect for effect in world.done if isinstance(effect, ask.Ring)]
        callers = [number for number, ring in enumerate(rings) if ring.contact == call.outbound]
        lost = world.kinds().count("caller_lost") + world.kinds().count("engine_lost")
        assert len(callers) <= 1 + TRIES * lost, "one attempt rings the caller once, and again when the line broke"
        assert callers != [0] or "engine_lost" in world.kinds(), "an interpreter first"
        assert call.outcome != "postponed" or not callers
        if not any(note.kind.startswith("notice_") for note in world.notes):
            assert not call.recording or not call.record or call.tracks == (), "recorded before the notice"
    check_consent(world)
    check_apart(world)
    check_briefed(world)
    check_monitors(world)
    check_cut(world)
    tracks = [track.name for track in call.tracks]
    assert len(tracks) == len(set(tracks))


def check_consent(world: World) -> None:
    """Who may refuse is recorded only after the notice; a refusal ends it, and throws away what there is."""
    call = world.call
    records = [place for place, effect in enumerate(world.done) if isinstance(effect, ask.Record)]
    kinds = [effect.kind if isinstance(effect, ask.Note) else "" for effect in world.done]
    if records and call.refusable:
        assert "notice_played" in kinds[: records[0]], "recorded before the caller could refuse"
    assert call.consent != "refused" or call.refusable, "refused where the law leaves no choice"
    if "consent_refused" not in kinds:
        assert call.consent != "refused"
        return
    refused = kinds.index("consent_refused")
    assert call.consent == "refused"
    assert not call.recording
    assert kinds.count("consent_refused") == 1
    assert not [place for place in records if place > refused], "recorded after the refusal"
    stopped = {effect.name for effect in world.done if isinstance(effect, ask.StopRecording)}
    for track in call.tracks:
        assert track.phase is TrackPhase.OVER or track.name in stopped, "still recorded after the refusal"
    if call.tracks and all(track.phase is TrackPhase.OVER for track in call.tracks) and call.phase is not Phase.ENDED:
        assert any(isinstance(effect, ask.DiscardRecordings) for effect in world.done), "kept after the refusal"


def check_apart(world: World) -> None:
    """Whoever is apart from the others comes back: held with a reminder, consulting with somebody."""
    call = world.call
    deadlines = {name for name, _ in call.deadlines}
    talking = [leg for leg in call.legs if leg.aside == "consult"]
    assert len(talking) != 1, "a consultation of one"
    for leg in call.legs:
        assert not leg.aside or leg.phase is LegPhase.UP, "apart, and in the bridge"
        if leg.aside in {"hold", "wait"}:
            assert f"hold:{leg.id}" in deadlines, "held without a reminder"
            assert leg.aside != "wait" or talking, "waits for a consultation that is over"
    waiting = [leg for leg in call.present() if leg.aside in {"hold", "wait"}]
    assert not waiting or len(waiting) < len(call.present()), "all are on hold"
    if call.phase in {Phase.CLOSING, Phase.ENDED}:
        assert not [leg for leg in call.legs if leg.aside or leg.music], "held in a call that closes"
    if call.recalling:
        lost = call.leg(call.principal)
        assert lost is not None
        assert lost.phase is not LegPhase.OVER or "recall" in deadlines, "a lost caller whom nobody rings"
    finished = Counter(effect.command for effect in world.done if isinstance(effect, ask.FinishCommand))
    assert not finished or max(finished.values()) == 1, "a command answered twice"


def check_cut(world: World) -> None:
    """Whom our engine lost is rung again, a limited number of times, and what talked is told when it talks again."""
    call, kinds = world.call, world.kinds()
    assert call.cuts == kinds.count("engine_lost")
    assert call.cuts <= MOST_CUTS + 1
    assert kinds.count("rebuilt") <= kinds.count("engine_lost")
    assert call.cut_at is None or call.phase not in {Phase.CLOSING, Phase.ENDED}
    assert bool(call.pending) == ("again" in {name for name, _ in call.deadlines}), "rung again at no time"
    for leg in call.legs:
        assert leg.again <= TRIES + MOST_CUTS


def check_ended(world: World) -> None:
    """What holds once a call is over."""
    call = world.call
    assert call.phase is Phase.ENDED
    assert call.ended_at is not None
    unreached = {"not_reached", "postponed", "interrupted", "machine"} if call.way_in in OUTBOUND else set()
    assert call.outcome in {"served", "abandoned", "callback"} | ({"excluded"} if call.excludes else set()) | unreached
    assert sum(isinstance(effect, ask.EndAttempt) for effect in world.done) == (call.way_in in OUTBOUND)
    assert sum(isinstance(effect, ask.CallerServed) for effect in world.done) == (call.interpreter_at is not None)
    finished = [effect.command for effect in world.done if isinstance(effect, ask.FinishCommand)]
    assert sorted(finished) == sorted(world.asked), "every command is answered exactly once"
    assert not world.held, "an interpreter is left held"
    assert set(world.released.values()) <= {1}, "released more than once"
    assert all(request.state not in OPEN_REQUEST and request.settled_at for request in call.requests)
    assert all(leg.phase is LegPhase.OVER and leg.ended_at is not None for leg in call.legs)
    assert all(track.phase is TrackPhase.OVER for track in call.tracks)
    assert all(one.phase == "over" and one.ended_at is not None for one in call.monitors)
    assert sum(isinstance(effect, ask.FinishRecordings) for effect in world.done) == 1
    assert world.kinds().count("ended") == 1
    callbacks = sum(isinstance(effect, ask.OpenCallback) for effect in world.done)
    assert callbacks <= 1
    assert (callbacks == 1) == (call.outcome in {"abandoned", "callback"})
    assert call.way_in == OUTREACH or not any(isinstance(effect, ask.NoMoreCalls) for effect in world.done)


def leave(world: World) -> None:
    """The caller leaves (in a call back whoever is on), and the engine says nothing more: deadlines end the call."""
    while world.call.recalling:
        world.later(60)
    leaving = [world.call.principal] if world.wanted is None else [leg.id for leg in world.call.legs]
    for leg_id in leaving:
        world.gone(leg_id)
    world.later(600)


@given(
    facts=FACTS,
    wanted=st.none() | WANTED,
    found=st.lists(st.sampled_from(["claimed", "two", "mobile", "both", "wait", "nobody"]), max_size=30),
    count=st.integers(0, 60),
    data=st.data(),
)
@settings(max_examples=300, deadline=None)
def test_every_call_ends_and_leaves_nothing_open(
    facts: Facts, wanted: Outbound | None, found: list[str], count: int, data: st.DataObject
) -> None:
    timing = Timing(briefing=data.draw(st.sampled_from([0.0, 2.0])))
    look_after = data.draw(st.none() | st.floats(0.5, 30))
    world = World(facts, found, wanted=wanted, look_after=look_after, timing=timing)
    check_always(world)
    for _ in range(count):
        # Events that arrive while the database is busy are handled together, before any of them is settled.
        world.tell(*data.draw(st.lists(happenings(world), min_size=1, max_size=3)))
        check_always(world)
    leave(world)
    check_ended(world)
    over = world.call
    for _ in range(10):
        effects = world.tell(data.draw(happenings(world)))
        assert world.call.phase is Phase.ENDED
        assert not [one for one in effects if isinstance(one, ask.Ring | ask.Play | ask.Record | ask.OpenCallback)]
    assert world.call.outcome == over.outcome


@given(
    facts=FACTS, wanted=st.none() | WANTED, found=st.lists(st.sampled_from(["claimed", "wait", "nobody"]), max_size=5)
)
@settings(max_examples=60, deadline=None)
def test_a_call_whose_engine_never_answers_ends_by_itself(
    facts: Facts, wanted: Outbound | None, found: list[str]
) -> None:
    world = World(facts, found, wanted=wanted)
    world.later(600)
    check_ended(world)
