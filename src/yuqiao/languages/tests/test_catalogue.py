"""The service languages: ten, codes by BCP 47, a key for each foreign one."""

from __future__ import annotations

import re

import pytest

from yuqiao.languages import catalogue


def test_the_ten_service_languages_are_there() -> None:
    assert set(catalogue.CODES) == {"zh", "en", "ja", "ko", "fr", "de", "ru", "es", "ar", "pt"}


def test_the_base_language_is_not_counted_as_foreign() -> None:
    assert catalogue.BASE == "zh"
    assert len(catalogue.FOREIGN) == len(catalogue.CODES) - 1
    assert catalogue.BASE not in catalogue.FOREIGN


def test_codes_are_primary_subtags_of_bcp_47() -> None:
    assert all(re.fullmatch(r"[a-z]{2,3}", code) for code in catalogue.CODES)


def test_each_foreign_language_has_a_key_of_its_own_on_a_telephone() -> None:
    digits = [catalogue.get(code).digit for code in catalogue.FOREIGN]
    assert sorted(digits) == sorted(set(digits))
    assert set(digits) <= set("0123456789")
    assert catalogue.get(catalogue.BASE).digit == ""


def test_arabic_is_written_from_right_to_left() -> None:
    assert {language.code for language in catalogue.LANGUAGES if language.direction == "rtl"} == {"ar"}


def test_an_unknown_language_is_refused_with_the_list_of_those_there_are() -> None:
    with pytest.raises(KeyError, match="'tlh'; the service languages are zh, en"):
        catalogue.get("tlh")
