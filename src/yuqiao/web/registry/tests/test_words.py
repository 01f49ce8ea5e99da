"""Nothing that tables or the journal can say is left without words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

import yuqiao
from yuqiao.web.registry import history
from yuqiao.web.registry.book_words import FAULTS
from yuqiao.web.registry.history_words import FIELDS, THINGS, VERBS
from yuqiao.web.registry.urls import site

SOURCE = Path(yuqiao.__file__).parent
#: Folders whose rows the registries keep.
KEPT = ("accounts", "hotline", "lib", "workforce")
#: As `record` and `record_all` are told them: ``"thing.verb"``.
ACT = re.compile(r'(?:record\([^"]{0,60}|yield \(?|else |\(\s*)"([a-z_]+)\.([a-z_]+)"', re.S)
FAULT = re.compile(r'(?:fault\([^,()]+(?:\([^()]*\))?(?:\[0\])?, |CellError\()"([a-z_]+)"')


def sources(*folders: str) -> str:
    """Return our own code of some folders, without tests."""
    files = [file for folder in folders for file in (SOURCE / folder).rglob("*.py") if "tests" not in file.parts]
    return "\n".join(file.read_text("utf-8") for file in files)


def test_every_fault_a_table_can_have_has_a_sentence() -> None:
    codes = set(FAULT.findall(sources(*KEPT))) | {"formula", "merged"}
    assert len(codes) > 45
    assert codes - set(FAULTS) == set()


def test_every_act_of_the_registries_is_said_in_words() -> None:
    acts = set(ACT.findall(sources("accounts", "workforce", "contracts", "web/registry")))
    acts |= {("line", "add"), ("line", "change"), ("agreement", "change"), ("term", "add"), ("topic", "retire")}
    assert len(acts) > 25
    assert {f"{thing}.{verb}" for thing, verb in acts if thing not in THINGS or verb not in VERBS} == set()


def test_every_column_of_a_table_has_a_name_on_pages() -> None:
    books = [register.book for register in site._registry.values() if register.book is not None]
    assert {column.field for book in books for column in book.kind.columns} - set(FIELDS) == set()


@pytest.fixture
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.usefixtures("_english")
@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"name_zh": ["旧", "新"]}, "Chinese name: 旧 → 新"),
        ({"languages": [[], ["en:3", "ja:1"]]}, "Languages: – → en:3、ja:1"),
        ({"mobile": True}, "Own mobile: changed, not told to what"),
        ({"fields": ["email", "is_active"]}, "What changed: E-mail address、May sign in"),
        ({"role": "auditor", "line": ""}, "Role: Auditor"),
        ({"linked": [True, False]}, "One of the city's linked lines: yes → no"),
        ({"window": "en 1 09:00-18:00", "until": "2026-03-06"}, "Service hours: en 1 09:00-18:00 · Until: 2026-03-06"),
        ({"strange": {"a": 1}}, "strange: {'a': 1}"),
        ({}, "–"),
    ],
)
def test_an_entry_tells_what_was_before_and_what_is_now(detail: dict[str, Any], said: str) -> None:
    assert history.sentence(detail) == said


@pytest.mark.usefixtures("_english")
def test_an_act_nobody_named_stands_as_it_is() -> None:
    assert history.act("district.add") == "District: added"
    assert history.act("odd.thing") == "odd: thing"
    assert history.act("odd") == "odd"
