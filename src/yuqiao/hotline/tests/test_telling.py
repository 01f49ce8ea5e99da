"""A desk mutes a party and has something said, told event by event."""

from __future__ import annotations

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.announcements import ANNOUNCEMENTS
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.prompts import PROMPTS, speech
from yuqiao.hotline.tests.world import CALLER_LEG, World
from yuqiao.languages.catalogue import CODES


def three() -> World:
    """Caller, agent and interpreter talk; the caller speaks French."""
    world = World(Facts(way_in="transferred", line="12345", agent_contact="sip:a@desk", language="fr"), ["claimed"])
    for role in ("caller", "agent", "interpreter"):
        world.up(role)
    return world


def announced(world: World, prompt: str, leg: str = "") -> list[tuple[str, tuple[str, ...]]]:
    """Have it said; return what is played to whom."""
    effects = world.tell(desk.AnnounceAsked(next(world.commands), prompt, leg, world.now))
    return [(one.leg, one.media) for one in effects if isinstance(one, ask.Play)]


def test_everybody_hears_it_in_the_own_language() -> None:
    world = three()
    agent, li = world.leg("agent"), world.leg("interpreter")
    assert announced(world, "slowly") == [
        (CALLER_LEG, ("sound:yuqiao/fr/slowly",)),
        (agent, ("sound:yuqiao/zh/slowly",)),
        (li, ("sound:yuqiao/zh/slowly",)),
    ]
    assert announced(world, "ending_soon", li) == [(li, ("sound:yuqiao/zh/ending_soon",))]
    assert world.kinds().count("announced") == 2


def test_nobody_is_disturbed_who_waits_nor_told_what_is_no_announcement() -> None:
    world = three()
    world.tell(desk.HoldAsked(next(world.commands), CALLER_LEG, world.now))
    assert CALLER_LEG not in dict(announced(world, "slowly"))
    assert announced(world, "slowly", CALLER_LEG) == []
    assert announced(world, "goodbye") == []
    errors = [one.error for one in world.done if isinstance(one, ask.FinishCommand)]
    assert errors == ["", "", "no such party", "no such party"]


def test_a_muted_party_stays_muted_until_it_is_heard_again() -> None:
    world = three()
    agent = world.leg("agent")

    def mute(leg: str, *, muted: bool) -> list[ask.Effect]:
        return world.tell(desk.MuteAsked(next(world.commands), leg, muted, world.now))

    assert ask.Mute(agent, True) in mute(agent, muted=True)
    assert not [one for one in mute(agent, muted=True) if isinstance(one, ask.Mute)], "once is enough"
    everybody = frozenset(leg.id for leg in world.call.present())
    again = world.tell(engine.EngineReviewed(world.now, up=everybody, joined=everybody))
    assert ask.Mute(agent, True) in again, "another engine would not know of it"
    assert ask.Mute(agent, False) in mute(agent, muted=False)
    assert mute("stranger", muted=True) == [ask.FinishCommand(4, "no such party")]
    assert [kind for kind in world.kinds() if "muted" in kind] == ["muted", "unmuted"]


def test_every_announcement_is_spoken_in_every_language() -> None:
    for name in ANNOUNCEMENTS:
        assert set(PROMPTS[name]) == set(CODES)
        assert all(speech(name, code) for code in CODES)
