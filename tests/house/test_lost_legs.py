"""Two layers that may not import each other say the same words for a leg that our media server lost."""

from __future__ import annotations

from yuqiao.engines import ari_events
from yuqiao.media import causes


def test_call_server_and_media_server_agree_on_the_words_for_a_lost_leg() -> None:
    assert ari_events.MIXER_LOST == causes.MIXER_LOST
