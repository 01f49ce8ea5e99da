"""All catalogues are complete, in line with the pages, keep facts and plurals, and compile."""

from __future__ import annotations

import gettext
import re
from dataclasses import replace
from pathlib import Path

import pytest

from yuqiao.languages.catalogue import BY_CODE, CODES
from yuqiao.web import messages
from yuqiao.web.messages import BOOKS, CITIZENS, STAFF, Book, texts_of

PLACES = re.compile(r"\{\w+\}|%%")
ALL = [(book, folder) for book in BOOKS for folder in book.languages]
NAMES = [f"{book.root.name}-{folder}" for book, folder in ALL]
#: Letters that stand in nearly every sentence of a language.
SCRIPTS = {
    "zh_Hans": r"[\u4e00-\u9fff]",
    "ja": r"[\u3040-\u30ff\u4e00-\u9fff]",
    "ko": r"[\uac00-\ud7a3]",
    "ru": r"[\u0400-\u04ff]",
    "ar": r"[\u0600-\u06ff]",
}


def forms_of(identifier: object) -> tuple[str, ...]:
    return texts_of(identifier)


def test_citizens_read_all_service_languages() -> None:
    assert len(CODES) == 10
    assert {folder.replace("zh_Hans", "zh") for folder in CITIZENS.languages} == set(CODES) == set(BY_CODE)


@pytest.mark.parametrize(("book", "folder"), ALL, ids=NAMES)
def test_every_sentence_of_the_pages_is_translated(book: Book, folder: str) -> None:
    catalogue = messages.catalogue(book, folder)
    translated = {forms_of(message.id): texts_of(message.string) for message in catalogue if message.id}
    wanted = {(sentence,) if isinstance(sentence, str) else sentence for _file, sentence in messages.sentences(book)}
    assert len(wanted) > 50
    assert {sentence for sentence in wanted if not all(translated.get(sentence, ("",)))} == set()
    assert set(translated) - wanted == set()
    for sentence, texts in translated.items():
        assert len(texts) == (catalogue.num_plurals if len(sentence) == 2 else 1), sentence


@pytest.mark.parametrize(("book", "folder"), ALL, ids=NAMES)
def test_translations_keep_the_places_for_facts_and_are_not_fuzzy(book: Book, folder: str) -> None:
    for message in messages.catalogue(book, folder):
        if message.id:
            wanted = sorted(PLACES.findall(forms_of(message.id)[-1]))
            for text in texts_of(message.string):
                found = sorted(PLACES.findall(text))
                # "One caller" needs no number: the other forms must have it.
                assert found == wanted or (len(forms_of(message.id)) == 2 and not found), message.id
            assert not message.fuzzy, message.id


@pytest.mark.parametrize(("book", "folder"), ALL, ids=NAMES)
def test_each_language_is_itself(book: Book, folder: str) -> None:
    sentences = [message for message in messages.catalogue(book, folder) if message.id]
    if folder in SCRIPTS:
        for message in sentences:
            assert all(re.search(SCRIPTS[folder], text) for text in texts_of(message.string)), message.id
    elif folder != "en":
        same = {str(message.id) for message in sentences if texts_of(message.string) == forms_of(message.id)}
        assert len(same) < len(sentences) / 10, same


def test_what_is_compiled_is_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = messages.catalogue(STAFF, "zh_Hans")
    monkeypatch.setattr(messages, "BOOKS", (replace(STAFF, locale=tmp_path),))
    monkeypatch.setattr(messages, "catalogue", lambda _book, _folder: source)
    for folder in STAFF.languages:
        (tmp_path / folder / "LC_MESSAGES").mkdir(parents=True)
    messages.main(["compile"])
    with (tmp_path / "zh_Hans/LC_MESSAGES/django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Calls in progress") == "进行中的通话"


def test_extracting_again_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {(book.root, folder): book.path(folder).read_bytes() for book, folder in ALL}
    read = {(book.root, folder): messages.catalogue(book, folder) for book, folder in ALL}
    copies = tuple(replace(book, locale=tmp_path / book.root.name) for book in BOOKS)
    monkeypatch.setattr(messages, "BOOKS", copies)
    monkeypatch.setattr(messages, "catalogue", lambda book, folder: read[book.root, folder])
    assert messages.main(["extract"]) == 0
    for book in copies:
        for folder in book.languages:
            assert book.path(folder).read_bytes() == texts[book.root, folder]


@pytest.mark.parametrize("source", ["{% blocktranslate %}x{% endblocktranslate %}", "{% translate name %}"])
def test_forms_that_would_be_missed_are_refused(source: str) -> None:
    with pytest.raises(ValueError, match="translate"):
        list(messages.template_sentences(source))
