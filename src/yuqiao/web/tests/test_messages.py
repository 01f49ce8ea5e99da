"""Both catalogues are complete, in line with the pages, and compile."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest

from yuqiao.web import messages

PLACES = re.compile(r"\{\w+\}|%%")


@pytest.mark.parametrize("folder", list(messages.LANGUAGES))
def test_every_sentence_of_the_pages_is_translated(folder: str) -> None:
    translated = {str(message.id): str(message.string) for message in messages.catalogue(folder) if message.id}
    wanted = {sentence for _file, sentence in messages.sentences()}
    assert len(wanted) > 100
    assert {sentence for sentence in wanted if not translated.get(sentence)} == set()
    assert set(translated) - wanted == set()


@pytest.mark.parametrize("folder", list(messages.LANGUAGES))
def test_translations_keep_the_places_for_facts_and_are_not_fuzzy(folder: str) -> None:
    for message in messages.catalogue(folder):
        if message.id:
            assert sorted(PLACES.findall(str(message.string))) == sorted(PLACES.findall(str(message.id))), message.id
            assert not message.fuzzy, message.id


def test_chinese_is_chinese() -> None:
    for message in messages.catalogue("zh_Hans"):
        assert not message.id or re.search(r"[\u4e00-\u9fff]", str(message.string)), message.id


def test_what_is_compiled_is_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = messages.catalogue("zh_Hans")
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    monkeypatch.setattr(messages, "catalogue", lambda _folder: source)
    for folder in messages.LANGUAGES:
        (tmp_path / folder / "LC_MESSAGES").mkdir(parents=True)
    messages.main(["compile"])
    with (tmp_path / "zh_Hans/LC_MESSAGES/django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Calls in progress") == "进行中的通话"


def test_extracting_again_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {folder: (messages.LOCALE / folder / "LC_MESSAGES/django.po").read_bytes() for folder in messages.LANGUAGES}
    read = {folder: messages.catalogue(folder) for folder in messages.LANGUAGES}
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    monkeypatch.setattr(messages, "catalogue", read.__getitem__)
    assert messages.main(["extract"]) == 0
    for folder, text in texts.items():
        assert (tmp_path / folder / "LC_MESSAGES/django.po").read_bytes() == text


@pytest.mark.parametrize("source", ["{% blocktranslate %}x{% endblocktranslate %}", "{% translate name %}"])
def test_forms_that_would_be_missed_are_refused(source: str) -> None:
    with pytest.raises(ValueError, match="translate"):
        list(messages.template_sentences(source))
