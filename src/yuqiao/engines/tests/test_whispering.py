"""What is known of prompts that are whispered: who has company, and when a channel is not needed any more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.engines.whispering import PREFIX, Whispers, channel_for, listener

ASTERISK = {"system": {"version": "22.10.1"}}
OUR_SERVER = {"system": {"version": "yuqiao 1.2.3"}}


def at(*legs: str, info: dict[str, dict[str, str]] = ASTERISK) -> Whispers:
    """A bridge with legs, as it is found at a connection."""
    whispers = Whispers()
    whispers.review(info, legs, {"room": legs})
    return whispers


def test_who_has_company_is_whispered_to_in_asterisk_alone() -> None:
    assert at("17.1", "leg").needed("17.1")
    assert not at("17.1", "leg", info=OUR_SERVER).needed("17.1")
    assert not at("17.1", "leg", info={}).needed("17.1"), "an engine that does not say what it is"
    assert not Whispers().needed("17.1"), "nothing is known yet"


def test_who_is_alone_or_hears_nobody_is_played_to() -> None:
    whispers = at("17.1")
    assert not whispers.needed("17.1")
    assert not whispers.needed("leg")
    whispers.joined("room", "leg")
    assert whispers.needed("17.1")
    whispers.silenced("leg", on=True)
    assert not whispers.needed("17.1")
    assert whispers.needed("leg"), "she hears, though nobody hears her"
    whispers.silenced("leg", on=False)
    assert whispers.needed("17.1")


@pytest.mark.parametrize("how", ["parted", "moved", "gone", "dissolved", "reviewed"])
def test_company_ends(how: str) -> None:
    whispers = at("17.1", "leg")
    match how:
        case "parted":
            whispers.parted("elsewhere", "leg")
            assert whispers.needed("17.1"), "parted from where she was not"
            whispers.parted("room", "leg")
        case "moved":
            whispers.joined("aside", "leg")
        case "gone":
            whispers.gone("leg")
        case "dissolved":
            whispers.dissolved("room")
        case _:
            whispers.review(ASTERISK, ["17.1"], {"room": ["17.1"], "aside": []})
    assert not whispers.needed("17.1")
    assert not whispers.needed("leg")


def test_a_mute_outlasts_a_review_as_long_as_its_channel() -> None:
    whispers = at("17.1", "leg")
    whispers.silenced("leg", on=True)
    whispers.review(ASTERISK, ["17.1", "leg"], {"room": ["17.1", "leg"]})
    assert not whispers.needed("17.1")
    whispers.review(ASTERISK, ["17.1"], {})
    whispers.review(ASTERISK, ["17.1", "leg"], {"room": ["17.1", "leg"]})
    assert whispers.needed("17.1")


def test_prompts_of_one_leg_share_a_channel_until_the_last_is_over() -> None:
    whispers = at("17.1", "leg")
    channel = channel_for("17.1", "first")
    whispers.begun(channel, "first")
    assert whispers.carrier("17.1") == channel
    assert whispers.carrier("leg") == ""
    whispers.begun(channel, "second")
    assert whispers.finished("first") == ""
    assert whispers.finished("unknown") == ""
    assert whispers.finished("second") == channel
    assert whispers.finished("second") == "", "hung up once"
    assert whispers.carrier("17.1") == ""


def test_what_was_whispered_is_forgotten_with_its_channel_and_at_a_review() -> None:
    whispers = at("17.1", "leg")
    whispers.begun(channel_for("17.1", "first"), "first")
    whispers.gone(channel_for("17.1", "first"))
    assert whispers.carrier("17.1") == ""
    whispers.begun(channel_for("leg", "second"), "second")
    whispers.review(ASTERISK, ["17.1", "leg"], {"room": ["17.1", "leg"]})
    assert whispers.carrier("leg") == ""
    assert whispers.finished("second") == ""


@given(
    leg=st.text(alphabet="0123456789abcdef.-_", min_size=1, max_size=40),
    playback=st.text(alphabet="0123456789abcdef-~", max_size=40),
)
def test_a_channel_says_whose_ear_it_has(leg: str, playback: str) -> None:
    channel = channel_for(leg, playback)
    assert channel.startswith(PREFIX)
    assert listener(channel) == leg
    assert listener(leg) == leg
