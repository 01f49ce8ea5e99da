"""All ten languages are written as their readers write them: signs, register, terms, plurals, one text a sentence."""

from __future__ import annotations

import gettext
import re
import unicodedata
from collections.abc import Iterator

import pytest
from babel import Locale
from django.utils import translation

from yuqiao.hotline.prompts import PROMPTS
from yuqiao.hotline.rating_words import MESSAGE, SUBJECT
from yuqiao.languages.catalogue import CODES, FOREIGN
from yuqiao.languages.phrases import ORDER, PHRASES
from yuqiao.languages.term_seed import LANGUAGES, SEED
from yuqiao.web import messages
from yuqiao.web.citizen.words import RATING
from yuqiao.web.messages import BOOKS, CITIZENS, STAFF, Book, texts_of
from yuqiao.web.tests.writing import OFFICE, RULES, Rule, broken, ends_alike, misnamed

FOLDERS = {"zh": "zh_Hans"}
#: What is the same word in English.
SAME = {
    "fr": {"Ambulance", "Police", "Poster"},
    "de": {"Poster"},
    "es": set[str](),
    "pt": {"Poster"},
}
#: Texts that end otherwise on purpose: labels where English asks, and a sentence before a link where it has a colon.
ENDS_OTHERWISE = {("ko", "When may we call?"), ("ja", "Please start again:"), ("ko", "Please start again:")}
#: Latin words that stand in texts of other scripts.
NAMES = {"JavaScript", "PDF", "SMS", "PIN", "link"}
#: Buttons of the citizens' pages, which must fit a phone 320 px wide: at most so many letters (two for a wide one).
BUTTONS = {"Call now", "Hang up", "Mute my microphone", "Call me back", "Show my case"}
LONGEST = 32


def spoken_and_sent() -> Iterator[tuple[str, str, str]]:
    """Yield (where, language, text) of all that is heard, sent or shown beside the catalogues."""
    for name, said in PROMPTS.items():
        yield from ((f"prompt {name}", code, text) for code, text in said.items())
    for phrase in PHRASES:
        yield from (("phrase card", code, phrase.to(code)) for code in ORDER)
    for code, words in RATING.items():
        for name in words.__slots__:
            yield from (("rating page", code, text) for text in texts_of(getattr(words, name)))
    yield from (("subject", code, text) for code, text in SUBJECT.items())
    for row in SEED:
        yield from (("term", code, text) for code, text in zip(LANGUAGES, row[2:], strict=True))


@pytest.mark.parametrize("rule", RULES, ids=lambda one: f"{one.codes}: {one.why}")
def test_each_rule_refuses_what_is_wrong_and_accepts_what_is_right(rule: Rule) -> None:
    for code in rule.codes.split():
        assert rule.breaks(code, rule.refused)
        assert not rule.breaks(code, rule.accepted)


@pytest.mark.parametrize("code", CODES)
def test_every_public_sentence_keeps_the_rules_of_its_language(code: str) -> None:
    catalogue = messages.catalogue(CITIZENS, FOLDERS.get(code, code))
    texts = [("page", text) for message in catalogue if message.id for text in texts_of(message.string)]
    texts += [(where, text) for where, language, text in spoken_and_sent() if language == code]
    assert len(texts) > 200
    wrong = {(where, text, why) for where, text in texts for why in broken(code, text)}
    assert wrong == set()
    assert list(broken(code, MESSAGE[code], message=True)) == []


@pytest.mark.parametrize("code", CODES)
def test_a_sentence_ends_as_its_source_does(code: str) -> None:
    for message in messages.catalogue(CITIZENS, FOLDERS.get(code, code)):
        if message.id and (code, message.id) not in ENDS_OTHERWISE:
            english = texts_of(message.id)[0]
            assert all(ends_alike(english, text) for text in texts_of(message.string)), message.id
    for phrase in PHRASES:
        assert ends_alike(phrase.to("en"), phrase.to(code)), phrase.to("en")


@pytest.mark.parametrize("code", FOREIGN)
def test_nothing_is_left_in_english(code: str) -> None:
    catalogue = messages.catalogue(CITIZENS, FOLDERS.get(code, code))
    sentences = [message for message in catalogue if message.id]
    same = {str(message.id) for message in sentences if texts_of(message.string) == texts_of(message.id)}
    assert code == "en" or same <= SAME.get(code, set())
    if code in {"ja", "ko", "ru", "ar"}:
        latin = {
            word for one in sentences for text in texts_of(one.string) for word in re.findall("[A-Za-z]{2,}", text)
        }
        assert latin - NAMES - {"language", "time", "count", "hours", "key", "number"} == set()


@pytest.mark.parametrize("folder", CITIZENS.languages)
def test_plurals_follow_the_language(folder: str) -> None:
    """One form for each category of CLDR (UTS 35, part 3), and the number in each form that serves several."""
    catalogue = messages.catalogue(CITIZENS, folder)
    form, category = gettext.c2py(catalogue.plural_expr), Locale.parse(folder).plural_form
    uses: dict[int, set[int]] = {}
    for number in range(1, 300):
        uses.setdefault(form(number), set()).add(number)
    categories = {index: {category(number) for number in numbers} for index, numbers in uses.items()}
    assert all(len(found) == 1 for found in categories.values())
    assert len({next(iter(found)) for found in categories.values()}) == len(categories)
    for message in catalogue:
        if isinstance(message.id, tuple):
            texts = texts_of(message.string)
            assert len(texts) == catalogue.num_plurals
            assert all("{" in texts[index] for index, numbers in uses.items() if len(numbers) > 1), message.id


ONE, MANY = "There is one caller ahead of you.", "There are {count} callers ahead of you."
#: Numbers and the word that must follow them.
COUNTED = {
    "ar": {
        1: "متصل واحد",
        2: "متصلان",
        3: "3 متصلين",
        10: "10 متصلين",
        11: "11 متصلًا",
        99: "99 متصلًا",
        100: "100 متصل",
    },
    "ru": {1: "1 человек", 2: "2 человека", 5: "5 человек", 11: "11 человек", 21: "21 человек", 22: "22 человека"},
    "de": {1: "eine Person", 2: "2 Personen"},
    "fr": {1: "une personne", 2: "2 personnes"},
}


@pytest.mark.parametrize(("code", "number"), [(code, number) for code, said in COUNTED.items() for number in said])
def test_a_number_is_followed_by_its_form(code: str, number: int) -> None:
    with translation.override(code):
        said = translation.ngettext(ONE, MANY, number).format(count=number)
    assert re.search(rf"(?<!\w){COUNTED[code][number]}(?!\w)", said)


@pytest.mark.parametrize(("book", "folder"), [(book, folder) for book in BOOKS for folder in book.languages])
def test_what_stands_in_a_catalogue_is_what_the_page_says(book: Book, folder: str) -> None:
    """All catalogues of a language answer as one: a sentence that stands in two of them has one text."""
    texts = [message for message in messages.catalogue(book, folder) if message.id]
    with translation.override(folder.lower().replace("_", "-")):
        said = {one.id: (translation.gettext(one.id), one.string) for one in texts if isinstance(one.id, str)}
    assert {sentence: pair for sentence, pair in said.items() if pair[0] != pair[1]} == {}


#: Shorter on purpose: a column, a button, the name of a way in.
SHORT = {
    "A missed caller of line {line} is to be called back; an interpreter is rung first",
    "Agent and caller on one line",
    "Close this callback",
    "Facts about the caller",
    "Transferred by partner line",
    "How callers fare",
    "The caller is called back: both hear each other",
    "Whispers to the interpreter",
}
#: Show how a value is to be typed.
FORMATS = re.compile("分:秒|万元|≥|12345")
#: Names of formats and machines that a Chinese page may show.
LATIN = {
    *("CSV", "JSON", "PDF", "docx", "xlsx", "MB", "SIP", "PIN", "SMS", "Shift", "en", "ja", "HMAC", "SHA", "ITU"),
    *("https", "Erlang", "Standard", "Webhooks", "deploy", "packages", "run"),
}


def test_the_offices_chinese_keeps_its_rules_and_names() -> None:
    book = [message for message in messages.catalogue(STAFF, "zh_Hans") if message.id]
    pairs = [(texts_of(one.id)[0], text) for one in book for text in texts_of(one.string)]
    assert len(pairs) > 1500
    found = {(text, why) for english, text in pairs for wrong, why in OFFICE if re.search(wrong, text)}
    assert {(text, why) for text, why in found if not FORMATS.search(text)} == set()
    named = {(english, name) for english, text in pairs for name in misnamed(english, text)}
    assert {(english, name) for english, name in named if english not in SHORT} == set()


def test_no_english_word_is_left_on_the_offices_chinese_pages() -> None:
    values = re.compile(r"\{\w+\}|%\(\w+\)[sd]|https?:\S*|sips?:\S*|\b\w\w:\d\S*")
    for message in messages.catalogue(STAFF, "zh_Hans"):
        if message.id:
            for text in texts_of(message.string):
                assert set(re.findall(r"[A-Za-z]{2,}", values.sub("", text))) <= LATIN, text


@pytest.mark.parametrize(
    ("text", "wrong"), [("请找主管", 1), ("坐席应答", 1), ("按1确认", 1), ("现场主管按 1 确认", 0)]
)
def test_the_offices_rules_find_what_is_wrong(text: str, wrong: int) -> None:
    assert sum(re.search(pattern, text) is not None for pattern, _why in OFFICE) == wrong
    assert list(misnamed("The interpreter joins", "翻译加入")) == ["译员"]


def test_buttons_fit_a_small_phone() -> None:
    for folder in CITIZENS.languages:
        catalogue = messages.catalogue(CITIZENS, folder)
        for button in BUTTONS:
            text = str(catalogue[button].string)
            assert sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text) <= LONGEST, text
