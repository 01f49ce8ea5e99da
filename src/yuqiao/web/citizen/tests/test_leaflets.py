"""Cards and posters: the words of each language, in letters that are really there, with number and QR code."""

from __future__ import annotations

import io
import unicodedata

import pytest
import typst
from django.test import Client
from pypdf import PdfReader

from yuqiao.documents import leaflets
from yuqiao.documents.leaflets import Card, Said
from yuqiao.languages.catalogue import BY_CODE, FOREIGN
from yuqiao.lib.clock import now
from yuqiao.web.citizen import tongues
from yuqiao.web.citizen.leaflets import MOST, OTHERS, _mine
from yuqiao.web.citizen.tests.cast import OWN, city

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def read(client: Client, path: str) -> tuple[str, str]:
    """Return the text of a PDF of one page, letters in their plain forms, and its size in millimetres."""
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(response.content)).pages
    assert len(pages) == 1
    page = pages[0]
    text = unicodedata.normalize("NFKC", page.extract_text())
    box = page.mediabox
    return text, f"{round(float(box.width) / 72 * 25.4)} x {round(float(box.height) / 72 * 25.4)}"


def letters(text: str) -> set[str]:
    return {sign for sign in unicodedata.normalize("NFKC", text) if sign.isalpha()}


@pytest.mark.parametrize("code", FOREIGN)
def test_a_card_says_in_both_languages_what_its_owner_needs(client: Client, code: str) -> None:
    city()
    text, size = read(client, f"/{code}/card/card.pdf")
    assert size == "148 x 105"
    with tongues.spoken(BY_CODE[code]):
        own = _mine(BY_CODE[code], BY_CODE[code])
    assert letters(own) <= letters(text), "a letter of the owner's language is missing"
    assert f"我说{tongues.name_of(code, BY_CODE['zh'])},需要翻译。" in text
    assert (f"{OWN}8" if code == "ar" else OWN) in text


@pytest.mark.parametrize(("size", "millimetres"), [("a4", "210 x 297"), ("a3", "297 x 420")])
def test_the_poster_has_every_language_with_its_key(client: Client, size: str, millimetres: str) -> None:
    city()
    text, printed = read(client, f"/ru/card/poster-{size}.pdf")
    assert printed == millimetres
    for code in FOREIGN:
        language = BY_CODE[code]
        assert letters(language.endonym) <= letters(text)
        assert f"按 {language.digit}" in text
    for code, name, chinese in OTHERS:
        assert (chinese in text) == leaflets.has(Said(name, code))
    assert OWN in text


def test_a_letter_without_a_glyph_is_refused_rather_than_printed_as_a_square() -> None:
    unknown = Said("\U0001e900\U0001e94b", "en")  # Adlam, in no font of ours
    with pytest.raises(typst.TypstError):
        leaflets.card(Card((unknown, unknown), ("我", "请"), OWN, "https://example.test/"), now())


def test_chinese_needs_no_card_and_other_sizes_do_not_exist(client: Client) -> None:
    assert client.get("/zh/card/card.pdf").status_code == 404
    assert client.get("/en/card/poster-a5.pdf").status_code == 404
    chinese = client.get("/zh/card/").content.decode()
    assert all(f"/{code}/card/card.pdf" in chinese for code in FOREIGN)


def test_documents_are_set_so_often_for_one_address_only(client: Client) -> None:
    city()
    answers = {client.get("/zh/card/card.pdf").status_code for _ in range(3)}
    assert answers == {404}
    for _ in range(MOST):
        assert client.get("/en/card/card.pdf").status_code == 200
    assert client.get("/en/card/card.pdf").status_code == 429
