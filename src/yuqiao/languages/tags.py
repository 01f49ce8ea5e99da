"""Which service language somebody asks for by language tags (BCP 47, RFC 5646)."""

from __future__ import annotations

from collections.abc import Iterable

from yuqiao.languages.catalogue import BASE, BY_CODE, SIGNED

#: Languages that a tag may name beside the macrolanguage we serve (IANA language subtag registry; ISO 639-3).
_MEMBERS = {"cmn": BASE, "yue": BASE, "wuu": BASE, "nan": BASE, "hak": BASE, "arb": "ar", "arz": "ar"}


def signed_language(tags: Iterable[str]) -> str:
    """Return the code of the first tag that is a sign language we serve; "" for none."""
    return next((code for tag in tags if (code := tag.strip().lower().partition("-")[0]) in SIGNED), "")


def service_language(tags: Iterable[str]) -> str:
    """Return the code of the first tag whose primary subtag is a service language (Chinese is one); "" for none."""
    for tag in tags:
        primary = tag.strip().lower().partition("-")[0]
        code = _MEMBERS.get(primary, primary)
        if code in BY_CODE:
            return code
    return ""
