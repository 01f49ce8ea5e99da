"""Cards that say "I need an interpreter" and posters to point at, to be printed or shown on a telephone (PDF)."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yuqiao.documents import leaflets
from yuqiao.documents.leaflets import SIZES, Card, Place, Poster, Said
from yuqiao.languages.catalogue import BASE, BY_CODE, FOREIGN, Language
from yuqiao.lib.clock import now
from yuqiao.web.citizen import facts, limits, tongues
from yuqiao.web.citizen.page import in_its_language, page, too_many

#: Languages that we do not serve ourselves: whoever shows the poster at least learns which one it is.
OTHERS: Final = (
    ("vi", "Tiếng Việt", "越南语"), ("id", "Bahasa Indonesia", "印尼语"), ("ms", "Bahasa Melayu", "马来语"),
    ("it", "Italiano", "意大利语"), ("tr", "Türkçe", "土耳其语"), ("uk", "Українська", "乌克兰语"),
    ("mn", "Монгол", "蒙古语"), ("fa", "فارسی", "波斯语"), ("ur", "اردو", "乌尔都语"),
    ("hi", "हिन्दी", "印地语"), ("bn", "বাংলা", "孟加拉语"), ("th", "ไทย", "泰语"),
)  # fmt: skip
#: Documents set for one address within `limits.SECONDS`: each takes a good part of a second.
MOST: Final = 30


@require_safe
@in_its_language
def show(request: HttpRequest, tongue: Language) -> HttpResponse:
    """Show what there is to print; whoever reads Chinese finds the cards of all languages."""
    codes = FOREIGN if tongue.code == BASE else (tongue.code,)
    cards = [(BY_CODE[code], tongues.name_of(code, tongue)) for code in codes]
    return page(request, tongue, "card", cards=cards, sizes=[size.upper() for size in SIZES])


@require_safe
@in_its_language
def card(request: HttpRequest, tongue: Language) -> HttpResponse:
    """Return the card of the address's language; 404 for Chinese, which needs none."""
    if tongue.code == BASE:
        raise Http404
    if _often(request):
        return too_many(request, tongue)
    number = facts.own_number(tongue)
    sentences = Said(_mine(tongue, tongue), tongue.code), Said(_please(), tongue.code)
    chinese = BY_CODE[BASE]
    with tongues.spoken(chinese):
        made = Card(sentences, (_mine(tongue, chinese), _please()), number, _address(tongue))
    return _pdf(leaflets.card(made, now()), f"yuqiao-card-{tongue.code}")


def _mine(tongue: Language, reader: Language) -> str:
    return _("My language: {language}.\nI need an interpreter.").format(language=tongues.name_of(tongue.code, reader))


def _please() -> str:
    return _("Please call this number. An interpreter will help us talk.")


def pointing() -> list[tuple[Language, str]]:
    """Return every foreign service language with the sentence that asks its speakers to point at it."""
    found = []
    for code in FOREIGN:
        with tongues.spoken(BY_CODE[code]):
            found.append((BY_CODE[code], _("Point here. We will call an interpreter for you.")))
    return found


@require_safe
@in_its_language
def poster(request: HttpRequest, tongue: Language, size: str) -> HttpResponse:
    """Return the poster, the same from every language's page."""
    if size not in SIZES:
        raise Http404
    if _often(request):
        return too_many(request, tongue)
    chinese = BY_CODE[BASE]
    places = []
    for language, sentence in pointing():
        name = tongues.name_of(language.code, chinese)
        with tongues.spoken(chinese):
            says = _("{language} · key {key}").format(language=name, key=language.digit)
        places.append(Place(Said(language.endonym, language.code), Said(sentence, language.code), says))
    with tongues.spoken(chinese):
        words = (
            _("Point to your language"),
            _("Let the visitor point to a language, then call the number: an interpreter will join."),
            _("Other languages: please call and ask."),
            _("Call the number, press the key for the language, and talk through the interpreter."),
        )
    others = tuple((Said(name, code), zh) for code, name, zh in OTHERS)
    made = Poster(words, tuple(places), others, facts.own_number(chinese), _address(None))
    return _pdf(leaflets.poster(made, "a3" if size == "a3" else "a4", now()), f"yuqiao-poster-{size}")


def _often(request: HttpRequest) -> bool:
    address = request.META.get("REMOTE_ADDR", "")
    limits.count("leaflet", address)
    return limits.reached("leaflet", address, MOST + 1)


def _address(tongue: Language | None) -> str:
    return settings.PUBLIC_URL.rstrip("/") + ("/" if tongue is None else f"/{tongue.code}/")


def _pdf(made: bytes, name: str) -> HttpResponse:
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
