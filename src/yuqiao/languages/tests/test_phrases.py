"""Phrase cards are whole: each sentence in each of the ten languages, in the script it is read in."""

from __future__ import annotations

import re

import pytest

from yuqiao.languages.catalogue import CODES
from yuqiao.languages.phrases import GROUPS, ORDER, PHRASES, Phrase

#: What a sentence of each language is written with.
SCRIPTS = {
    "zh": r"[\u4e00-\u9fff]",
    "ja": r"[\u3040-\u30ff]",
    "ko": r"[\uac00-\ud7af]",
    "ru": r"[\u0400-\u04ff]",
    "ar": r"[\u0600-\u06ff]",
} | dict.fromkeys(("en", "fr", "de", "es", "pt"), r"[A-Za-z]")


def test_the_cards_follow_a_call_and_none_stands_twice() -> None:
    assert set(ORDER) == set(CODES)
    assert [group for group in GROUPS if any(one.group == group for one in PHRASES)] == list(GROUPS)
    assert [one.group for one in PHRASES] == sorted((one.group for one in PHRASES), key=GROUPS.index)
    for code in CODES:
        sentences = [one.to(code) for one in PHRASES]
        assert len(set(sentences)) == len(sentences) >= 20


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda one: one.to("en")[:30])
def test_each_is_said_in_every_language_in_its_own_script(phrase: Phrase) -> None:
    assert len(phrase.said) == len(ORDER)
    for code in CODES:
        said = phrase.to(code)
        assert re.search(SCRIPTS[code], said), said
        assert said[-1] in ".?!。？؟", said
        others = {"ja", "ko", "ru", "ar"} - {code}
        assert not any(re.search(SCRIPTS[other], said) for other in others), said
