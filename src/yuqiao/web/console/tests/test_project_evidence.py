"""Evidence on its pages: handed in, listed, replaced, withdrawn, taken away; and gaps that close."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yuqiao.accounts.models import Department, JournalEntry, Role
from yuqiao.evaluation import evidence_files
from yuqiao.evaluation.models import Evidence, Indicator, Project, StoredFile
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


@pytest.fixture
def project(db: None) -> Project:
    office = Department.objects.create(code="fao", name_zh="市外办", name_en="FAO")
    return Project.objects.create(
        code="p23",
        year=2023,
        name="语言环境",
        department=office,
        unit=office,
        scheme="beijing",
        stage="running",
        created_at=now(),
    )


@pytest.fixture
def summary(project: Project) -> Indicator:
    return Indicator.objects.create(
        project=project,
        position=1,
        level1="产出指标",
        level2="时效指标",
        name="提交半年总结",
        operator="是",
        weight=Decimal(3),
        deadline=dt.date(2023, 7, 31),
    )


@pytest.fixture
def zhao(client: Client) -> Client:
    client.force_login(cast.person("zhao", Role.PROJECT_MANAGER))
    client.cookies["django_language"] = "en"
    return client


def form(**more: object) -> dict[str, object]:
    return {"kind": "work_summary", "title": "上半年总结", "happened_on": "2023-07-20", **more}


def pdf(name: str = "总结.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_what_is_entered_lacks_proof_until_a_document_is_handed_in(
    zhao: Client, project: Project, summary: Indicator
) -> None:
    here = f"/projects/{project.pk}/indicators/{summary.pk}/"
    zhao.post(here, {"ask": "enter", "done": "done", "done_on": "2023-07-20", "basis": "收文登记"})
    assert "尚未附佐证材料" in zhao.get(here).content.decode()
    assert (
        summary.name
        in zhao.get(f"/projects/{project.pk}/evidence/").content.decode().split('id="gaps"')[1].split("</ul>")[0]
    )
    zhao.post(here, form(ask="prove", file=pdf()))
    text = zhao.get(here).content.decode()
    assert "尚未附佐证材料" not in text
    assert "上半年总结" in text
    assert "<b>3.00</b> / 3" in zhao.get(f"/projects/{project.pk}/").content.decode()


def test_a_file_comes_back_as_it_was_and_the_journal_knows(zhao: Client, project: Project, summary: Indicator) -> None:
    zhao.post(f"/projects/{project.pk}/evidence/", form(ask="add", file=pdf(), indicator=[str(summary.pk)]))
    piece = Evidence.objects.get()
    response = zhao.get(f"/projects/{project.pk}/evidence/{piece.pk}/file")
    assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
    assert response["Content-Disposition"].startswith("attachment;")
    assert JournalEntry.objects.filter(action="evidence.download").count() == 1
    text = zhao.get(f"/projects/{project.pk}/evidence/{piece.pk}/").content.decode()
    assert hashlib.sha256(PDF).hexdigest() in text
    assert summary.name in text


def test_a_changed_file_is_not_given_out_and_the_page_says_so(zhao: Client, project: Project, tmp_path: Path) -> None:
    zhao.post(f"/projects/{project.pk}/evidence/", form(ask="add", file=pdf()))
    piece = Evidence.objects.get()
    assert piece.file is not None
    Path(evidence_files.store().path(evidence_files.place(piece.file.sha256))).write_bytes(b"%PDF other")
    said = zhao.get(f"/projects/{project.pk}/evidence/{piece.pk}/file", follow=True).content.decode()
    assert "is not what was handed in" in said


def test_a_newer_version_counts_and_the_first_day_stays(zhao: Client, project: Project) -> None:
    zhao.post(f"/projects/{project.pk}/evidence/", form(ask="add", file=pdf(), received_on="2023-07-21"))
    first = Evidence.objects.get()
    page = f"/projects/{project.pk}/evidence/{first.pk}/"
    again = form(ask="replace", title="上半年总结（修改）", file=pdf(content=PDF + b"%2"), reason="重做")
    response = zhao.post(page, again)
    newer = Evidence.objects.get(replaces=first)
    assert response["Location"] == f"/projects/{project.pk}/evidence/{newer.pk}/"
    assert newer.received_on == dt.date(2023, 7, 21)
    assert "There is a newer version" in zhao.get(page).content.decode()
    zhao.post(response["Location"], {"ask": "withdraw", "reason": "错交"})
    listed = zhao.get(f"/projects/{project.pk}/evidence/").content.decode()
    assert "上半年总结（修改）" not in listed
    gone = zhao.get(f"/projects/{project.pk}/evidence/?gone=on").content.decode()
    assert "上半年总结（修改）" in gone


def test_a_list_is_taken_whole_or_not_at_all(zhao: Client, project: Project) -> None:
    page = f"/projects/{project.pk}/evidence/"
    rows = ["编号,名称,日期,结论", *(f"S{n:03d},标识{n},2023-05-{n % 28 + 1:02d},合格" for n in range(1, 41))]
    good = SimpleUploadedFile("表.csv", "\n".join(rows).encode())
    bad = SimpleUploadedFile("表.csv", "\n".join([*rows, "S041,标识,kein Tag,合格"]).encode())
    said = zhao.post(page, {"ask": "list", "kind": "sign_photo", "file": bad})
    assert said.status_code == 422
    assert "Row 42" in said.content.decode()
    assert not Evidence.objects.exists()
    said = zhao.post(page, {"ask": "list", "kind": "sign_photo", "file": good}, follow=True)
    assert "Pieces taken in: 40" in said.content.decode()
    assert Evidence.objects.count() == 40
    assert "Evidence (1)" in zhao.get(page + "?q=S017").content.decode()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"file": SimpleUploadedFile("leer.pdf", b" ")}, "the file is empty"),
        ({"happened_on": "2999-01-01", "link": "https://x.example/a"}, "yet to come"),
        ({"happened_on": "bald"}, "This is no day"),
        ({}, "Give a file, a link"),
        ({"link": "javascript:alert(1)"}, "A link begins with"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_stays(
    zhao: Client, project: Project, more: dict[str, object], said: str
) -> None:
    response = zhao.post(f"/projects/{project.pk}/evidence/", form(ask="add", **more))
    assert response.status_code == 422
    text = response.content.decode()
    assert said in text
    assert 'value="上半年总结"' in text, "what was typed stays"
    assert (Evidence.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_readers_look_and_take_away_but_hand_nothing_in(client: Client, project: Project, summary: Indicator) -> None:
    piece = Evidence.objects.create(
        project=project,
        kind="other",
        title="材料",
        happened_on="2023-01-01",
        received_on="2023-01-01",
        entered_at=now(),
    )
    client.force_login(cast.person("qian", Role.AUDITOR))
    pages = [f"evidence/{piece.pk}/", "evidence/", f"indicators/{summary.pk}/"]
    for page in pages:
        here = f"/projects/{project.pk}/{page}"
        assert 'name="ask"' not in client.get(here).content.decode()
    assert client.post(f"/projects/{project.pk}/evidence/", form(ask="add")).status_code == 403
    assert client.post(f"/projects/{project.pk}/{pages[0]}", {"ask": "withdraw"}).status_code == 403
    assert client.post(f"/projects/{project.pk}/{pages[2]}", {"ask": "enter"}).status_code == 403
    assert client.get(f"/projects/{project.pk}/evidence/{piece.pk}/file").status_code == 404
    client.force_login(cast.person("li", Role.INTERPRETER))
    for page in pages:
        assert client.get(f"/projects/{project.pk}/{page}").status_code == 403


def test_once_data_are_frozen_nothing_is_taken_in(zhao: Client, project: Project, summary: Indicator) -> None:
    Project.objects.update(stage="frozen")
    assert 'value="add"' not in zhao.get(f"/projects/{project.pk}/evidence/").content.decode()
    said = zhao.post(f"/projects/{project.pk}/evidence/", form(ask="add", link="https://x.example/a"))
    assert said.status_code == 422
    assert not Evidence.objects.exists()
