"""The ten service languages (S26, S28): plain data, in the order of the spoken menu.

Codes are BCP 47 (RFC 5646) primary subtags. Chinese is the base language; it is never counted as a foreign one
(S29: the count of languages is computed from here and from who is on duty, never typed).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Language:
    """One service language; ``digit`` is the key a caller presses for it, empty for the base language."""

    code: str
    zh: str
    en: str
    endonym: str
    digit: str
    direction: Literal["ltr", "rtl"] = "ltr"


BASE = "zh"

LANGUAGES: tuple[Language, ...] = (
    Language("zh", "中文", "Chinese", "中文", ""),
    Language("en", "英语", "English", "English", "1"),
    Language("ja", "日语", "Japanese", "日本語", "2"),
    Language("ko", "韩语", "Korean", "한국어", "3"),
    Language("fr", "法语", "French", "Français", "4"),
    Language("de", "德语", "German", "Deutsch", "5"),
    Language("ru", "俄语", "Russian", "Русский", "6"),
    Language("es", "西班牙语", "Spanish", "Español", "7"),
    Language("ar", "阿拉伯语", "Arabic", "العربية", "8", "rtl"),
    Language("pt", "葡萄牙语", "Portuguese", "Português", "9"),
)


@dataclass(frozen=True, slots=True)
class SignLanguage:
    """A language that only a picture carries: never one of the ten, never spoken by a prompt. ``code``: ISO 639-3."""

    code: str
    zh: str
    en: str


SIGN_LANGUAGES: tuple[SignLanguage, ...] = (SignLanguage("csl", "中国手语", "Chinese Sign Language"),)
SIGNED: dict[str, SignLanguage] = {language.code: language for language in SIGN_LANGUAGES}

BY_CODE: dict[str, Language] = {language.code: language for language in LANGUAGES}
BY_DIGIT: dict[str, Language] = {language.digit: language for language in LANGUAGES if language.digit}
CODES: tuple[str, ...] = tuple(BY_CODE)
FOREIGN: tuple[str, ...] = tuple(code for code in CODES if code != BASE)


def get(code: str) -> Language:
    """Return the language with this code; KeyError names the codes that exist."""
    try:
        return BY_CODE[code]
    except KeyError:
        raise KeyError(f"no service language {code!r}; the service languages are {', '.join(CODES)}") from None
