"""Cards and posters in many scripts as PDF, set by Typst: fonts embedded, text to copy and to hear, nothing fetched.

Whoever calls knows the words; here is only how they stand on paper. Every sign must have a glyph: PDF/UA-1 (ISO
14289-1) forbids text without one, so Typst refuses rather than print an empty square.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import qrcode
import typst

from yuqiao.documents.forms import DocumentError
from yuqiao.documents.pdf import PACKAGE, FontMissingError

PAGE = Path(__file__).with_name("leaflet.typ")
Size = Literal["a3", "a4"]
#: Width and height in millimetres (ISO 216); a card is A6, lying.
SIZES: Final[dict[str, tuple[float, float]]] = {"a4": (210, 297), "a3": (297, 420)}
CARD: Final = (148.0, 105.0)
_SANS = ("Noto Sans CJK {}", "Source Han Sans {}")
_WIDE = {"zh": "SC", "ja": "JP", "ko": "KR"}
#: Fonts of languages whose letters are neither Chinese nor in the general font, the first that is installed.
_SCRIPTS: Final[dict[str, tuple[str, ...]]] = {
    "hi": ("Noto Sans Devanagari", "Lohit Devanagari"),
    "ne": ("Noto Sans Devanagari", "Lohit Devanagari"),
    "bn": ("Noto Sans Bengali", "Lohit Bengali"),
    "th": ("Noto Sans Thai", "Loma"),
}
#: Latin, Greek, Cyrillic and Arabic letters.
_GENERAL: Final = ("DejaVu Sans",)
_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "ur", "he"})


@dataclass(frozen=True, slots=True)
class Said:
    """Words in a language (BCP 47)."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Place:
    """One language of a poster: its own name, what it asks the reader to do, and its name for who reads Chinese."""

    name: Said
    sentence: Said
    chinese: str


@dataclass(frozen=True, slots=True)
class Card:
    """``sentences``: two in the owner's language; ``chinese``: the same two; ``address`` is the QR code's."""

    sentences: tuple[Said, Said]
    chinese: tuple[str, str]
    number: str
    address: str


@dataclass(frozen=True, slots=True)
class Poster:
    """``chinese``: title, what it is for, what the ``others`` are, what staff do. Others: name and Chinese name."""

    chinese: tuple[str, str, str, str]
    places: tuple[Place, ...]
    others: tuple[tuple[Said, str], ...]
    number: str
    address: str


def card(one: Card, at: dt.datetime) -> bytes:
    """Return the card as PDF; equal cards of one moment give equal bytes."""
    said = {
        "kind": "card",
        "title": one.chinese[0],
        "width": CARD[0],
        "height": CARD[1],
        "margin": 8,
        "sentences": [_said(each) for each in one.sentences],
        "chinese": [_said(Said(text, "zh")) for text in one.chinese],
    }
    return _set(said | _common(one.number, one.address), at)


def poster(one: Poster, size: Size, at: dt.datetime) -> bytes:
    """Return the poster as PDF. Of the others, those are left out whose letters this machine has no font for."""
    width, height = SIZES[size]
    unit = width / SIZES["a4"][0]
    columns = 2 if len(one.places) <= 6 else 3
    rows = math.ceil(len(one.places) / columns)
    said = {
        "kind": "poster",
        "title": one.chinese[0],
        "width": width,
        "height": height,
        "margin": 12 * unit,
        "columns": columns,
        "row": min(46.0, 150 / rows) * unit,
        "chinese": [_said(Said(text, "zh")) for text in one.chinese],
        "languages": [
            {"name": _said(each.name), "sentence": _said(each.sentence), "chinese": _said(Said(each.chinese, "zh"))}
            for each in one.places
        ],
        "others": [
            {"name": _said(name), "chinese": _said(Said(chinese, "zh"))} for name, chinese in one.others if has(name)
        ],
    }
    return _set(said | _common(one.number, one.address), at)


def has(words: Said) -> bool:
    """Whether this machine has a font for the script of ``words``' language."""
    return bool(_fonts_of(words.language))


def _common(number: str, address: str) -> dict[str, Any]:
    made = qrcode.QRCode(border=0, error_correction=qrcode.ERROR_CORRECT_M)
    made.add_data(address)
    rows = ["".join("1" if dark else "0" for dark in row) for row in made.get_matrix()]
    return {"number": number, "address": address, "code": rows, "base": {"fonts": _fonts_of("zh")}}


def _said(words: Said) -> dict[str, Any]:
    fonts = _fonts_of(words.language)
    if not fonts:
        raise FontMissingError(f"No font of this machine has the letters of {words.language}: deploy/packages run")
    rtl = words.language in _RIGHT_TO_LEFT
    return {"text": words.text, "lang": words.language, "rtl": rtl, "fonts": fonts}


@cache
def _fonts_of(language: str) -> list[str]:
    """Return the fonts of a language's letters, then those of all others; none: this machine lacks them."""
    families = frozenset(_machine().families())
    wide = [face.format(_WIDE.get(language, "SC")) for face in _SANS]
    chinese = [one for one in wide if one in families]
    general = [one for one in _GENERAL if one in families]
    if language in _WIDE:
        if not chinese:
            raise FontMissingError(f"This machine has no font with Chinese signs: install {PACKAGE}")
        return [*chinese, *general]
    if language in _SCRIPTS:
        own = [one for one in _SCRIPTS[language] if one in families]
        return [*own[:1], *general, *chinese] if own else []
    return [*general, *chinese] if general else []


@cache
def _machine() -> typst.Fonts:
    return typst.Fonts()


def _set(said: dict[str, Any], at: dt.datetime) -> bytes:
    compiler = typst.Compiler(
        PAGE.read_bytes(),
        font_paths=_machine(),
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(said, ensure_ascii=False)},
    )
    made = compiler.compile(format="pdf", timestamp=math.floor(at.timestamp()), pdf_standards=["ua-1"])
    if not isinstance(made, bytes):
        raise DocumentError("the leaflet is one page, and became several")
    return made
