"""Evidence is added, replaced and withdrawn, never deleted; a refused piece leaves neither row nor file."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.evaluation import evidence, evidence_files, formulas
from yuqiao.evaluation.evidence_kinds import KINDS
from yuqiao.evaluation.evidence_rules import EvidenceError, Facts, checked
from yuqiao.evaluation.models import Evidence, EvidenceFor, Project, Stage, StoredFile
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.readers.errors import UnreadableError
from yuqiao.evaluation.tests.bad_files import BAD
from yuqiao.evaluation.tests.world import indicator, project
from yuqiao.lib import clock
from yuqiao.outreach.models import Honour

D = dt.date
MAY = D(2023, 5, 4)
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n"
MAIL = "From: a@example.org\nDate: Thu, 4 May 2023 10:00:00 +0800\nSubject: 回复\n\n收到。\n".encode()


@pytest.fixture
def alice(db: None) -> Person:
    return Person.objects.create(username="alice")


@pytest.fixture
def of(db: None) -> Project:
    return project()


def sheet(serial: str = "1", **fields: object) -> Facts:
    return Facts("feedback_sheet", "五月反馈表", MAY, serial, **fields)  # type: ignore[arg-type]


def stored(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.rglob("*") if one.is_file())


@pytest.mark.database
def test_a_piece_is_kept_with_its_file_hash_time_and_who_handed_it_in(of: Project, alice: Person, kept: Path) -> None:
    wanted = indicator(of, "entered")
    made = evidence.add(of, sheet(), by=alice, file=PNG, name="C:\\表\\五月.png", indicators=[wanted])
    assert made.file is not None
    assert (made.file.kind, made.file.name, made.file.size) == ("png", "五月.png", len(PNG))
    assert stored(kept) == [made.file.sha256]
    assert b"".join(evidence_files.read(made.file)) == PNG
    assert made.entered_by == alice
    assert (clock.now() - made.entered_at).total_seconds() < 60
    assert EvidenceFor.objects.get().indicator == wanted
    assert JournalEntry.objects.filter(action="evidence.add", actor=alice).count() == 1


@pytest.mark.database
def test_the_same_content_is_kept_once(of: Project, alice: Person, kept: Path) -> None:
    first = evidence.add(of, sheet("1"), by=alice, file=PNG, name="a.png")
    second = evidence.add(of, sheet("2"), by=alice, file=ContentFile(PNG, "b.png"))
    assert first.file == second.file
    assert len(stored(kept)) == 1


@pytest.mark.database
@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [(PNG, "a.png", "png"), (PDF, "a.pdf", "pdf"), (MAIL, "a.eml", "eml"), (PNG, "no ending", "png")],
)
def test_a_file_is_what_it_holds(of: Project, kept: Path, content: bytes, name: str, kind: str) -> None:
    made = evidence.add(of, sheet(), by=None, file=content, name=name)
    assert made.file is not None
    assert made.file.kind == kind


@pytest.mark.database
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PNG, "a.pdf"),
        (b"", "a.png"),
        (b"MZ\x90\x00", "a.exe"),
        (b"PK\x03\x04broken", "a.docx"),
        (b"not a mail", "a.eml"),
        (MAIL.replace(b"\n\n", b"\nContent-Type: application/x; name=a.exe\nContent-Disposition: attachment\n\n")
         .replace("收到。".encode(), b"MZ\x90\x00"), "a.eml"),
    ],
)  # fmt: skip
def test_a_refused_file_leaves_nothing(of: Project, kept: Path, content: bytes, name: str) -> None:
    with pytest.raises((UnreadableError, EvidenceError)):
        evidence.add(of, sheet(), by=None, file=content, name=name)
    assert not Evidence.objects.exists()
    assert not StoredFile.objects.exists()
    assert stored(kept) == []


#: What is never kept, whatever it is to be used for: by what is said of it, and by name where only some are so bad.
HARM = frozenset(
    [
        "empty",
        "name",
        "picture-size",
        "no-text",
        "other-format",
        "old-office",
        "locked",
        "macros",
        "entities",
        "archive",
    ]
)
TORN = frozenset({"torn.docx", "torn.xlsx", "torn.pdf", "twice.docx", "squeezed.docx", "bomb.docx", "lying.docx"})
REFUSED = [one for one in BAD if one[2] in HARM or one[0] in TORN]


@pytest.mark.database
@pytest.mark.parametrize(("name", "make", "code"), REFUSED, ids=[one[0] for one in REFUSED])
def test_harmful_and_broken_files_leave_nothing(
    of: Project, kept: Path, name: str, make: Callable[[], bytes], code: str
) -> None:
    with pytest.raises(UnreadableError) as refused:
        evidence.add(of, sheet(), by=None, file=make(), name=name)
    assert refused.value.code == code
    assert refused.value.chinese
    assert not StoredFile.objects.exists()
    assert stored(kept) == []


@pytest.mark.database
def test_a_file_beyond_the_limit_is_refused_before_it_is_read(of: Project, kept: Path, settings: object) -> None:
    settings.EVIDENCE_MOST_MB = 1  # type: ignore[attr-defined]
    with pytest.raises(EvidenceError) as refused:
        evidence.add(of, sheet(), by=None, file=PNG + bytes(1024 * 1024), name="a.png")
    assert refused.value.zh == "文件超过1 MB。"
    assert stored(kept) == []


@pytest.mark.database
def test_what_fails_after_the_file_was_placed_takes_it_away_again(of: Project, alice: Person, kept: Path) -> None:
    evidence.add(of, sheet("7"), by=alice, file=PDF, name="a.pdf")
    with pytest.raises(EvidenceError, match="entered already"):
        evidence.add(of, sheet("7"), by=alice, file=PNG, name="a.png")
    with pytest.raises(EvidenceError, match="entered already"):
        evidence.add(of, sheet("7"), by=alice, file=PDF, name="a.pdf")
    assert len(stored(kept)) == StoredFile.objects.count() == Evidence.objects.count() == 1
    Project.objects.update(stage=Stage.FROZEN)
    with pytest.raises(PlanError):
        evidence.add(of, sheet("8"), by=alice, file=PNG, name="a.png")
    assert len(stored(kept)) == 1


@pytest.mark.database
def test_a_newer_version_counts_as_received_when_the_first_one_was(of: Project, alice: Person, kept: Path) -> None:
    """S80, S127: the summary was handed in, then improved."""
    wanted = indicator(of, "count:feedback_sheet")
    proof = indicator(of, "entered", name="总结")
    first = evidence.add(
        of, sheet(received_on=D(2023, 7, 20)), by=alice, file=PDF, name="a.pdf", indicators=[proof]
    )  # fmt: skip
    newer = evidence.replace(first, sheet(), by=alice, file=PNG, name="b.png", reason="补充数据")
    assert newer.received_on == D(2023, 7, 20)
    assert evidence.versions(newer) == [newer, first]
    assert EvidenceFor.objects.get().evidence == newer
    found = formulas.measure(wanted, clock.now())
    assert (found.numerator, found.first_on) == (1, D(2023, 7, 20))
    with pytest.raises(EvidenceError, match="newer version"):
        evidence.replace(first, sheet(), by=alice)
    same_file = evidence.replace(newer, sheet(), by=alice)
    assert same_file.file == newer.file


@pytest.mark.database
def test_what_was_withdrawn_stays_with_its_reason_and_counts_no_more(of: Project, alice: Person) -> None:
    piece = evidence.add(of, sheet(), by=alice)
    with pytest.raises(EvidenceError, match="reason"):
        evidence.withdraw(piece, "  ", by=alice)
    gone = evidence.withdraw(piece, "重复登记", by=alice)
    assert (gone.withdrawn_by, gone.withdrawn_reason) == (alice, "重复登记")
    assert not formulas.counted(of, "feedback_sheet").exists()
    with pytest.raises(EvidenceError, match="withdrawn"):
        evidence.withdraw(piece, "再次", by=alice)
    evidence.add(of, sheet(), by=alice)
    assert [one.action for one in JournalEntry.objects.order_by("id")] == [
        "evidence.add",
        "evidence.withdraw",
        "evidence.add",
    ]


@pytest.mark.database
def test_a_record_that_is_named_must_be_there(of: Project, alice: Person) -> None:
    honour = Honour.objects.create(title="先锋杯", awarded_by="市直机关", awarded_on=MAY)
    made = evidence.add(
        of, Facts("honour_certificate", "先锋杯", MAY, record=f"honour:{honour.pk}"), by=alice
    )  # fmt: skip
    assert evidence.record_of(made.record) == honour
    for wrong in ("honour:0", "honour:x", "honour", "call:5", "nothing:1"):
        with pytest.raises(EvidenceError, match="no record"):
            evidence.add(of, Facts("honour_certificate", "先锋杯", MAY, record=wrong), by=alice)


@pytest.mark.database
def test_links_stay_within_a_project(of: Project, alice: Person) -> None:
    piece = evidence.add(of, sheet(), by=alice)
    own, other = indicator(of, "entered"), indicator(project("other"), "entered")
    evidence.link(piece, own, by=alice)
    evidence.link(piece, own, by=alice)
    with pytest.raises(EvidenceError, match="another project"):
        evidence.link(piece, other, by=alice)
    assert list(evidence.linked_to(own)) == [piece]
    evidence.unlink(piece, own, by=alice)
    assert not evidence.linked_to(own)
    assert JournalEntry.objects.filter(action="evidence.link").count() == 1


@pytest.mark.database
def test_a_changed_or_lost_file_is_said_so(of: Project, kept: Path) -> None:
    whole = evidence.add(of, sheet("1"), by=None, file=PDF, name="a.pdf")
    made = evidence.add(of, sheet("2"), by=None, file=PNG, name="a.png")
    said = StringIO()
    call_command("verify_evidence", stdout=said)
    assert said.getvalue().startswith("2 files, all as handed in")
    assert made.file is not None
    assert whole.file is not None
    place = kept / evidence_files.place(made.file.sha256)
    place.write_bytes(PNG + b"x")
    with pytest.raises(evidence_files.ChangedError):
        list(evidence_files.read(made.file))
    with pytest.raises(CommandError, match="1 files are gone or changed"):
        call_command("verify_evidence")
    place.unlink()
    assert evidence_files.damaged() == [made.file]
    assert evidence_files.intact(whole.file)


@pytest.mark.database
def test_what_a_crash_left_is_swept_away_and_nothing_else(of: Project, kept: Path) -> None:
    evidence.add(of, sheet(), by=None, file=PDF, name="a.pdf")
    crashed = evidence_files.take(PNG, "a.png")  # placed, and then the process died
    (kept / "aa").mkdir(exist_ok=True)
    partial = kept / "aa" / "half.part"
    partial.write_bytes(b"half")
    assert evidence_files.sweep(clock.now()) == 0
    long_ago = (clock.now() - dt.timedelta(days=1)).timestamp()
    for path in kept.rglob("*"):
        os.utime(path, (long_ago, long_ago))
    assert evidence_files.sweep(clock.now()) == 2
    assert len(stored(kept)) == 1
    assert crashed.sha256 not in stored(kept)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_file_that_two_hand_in_at_once_survives_the_one_who_fails(kept: Path) -> None:
    """One stores it and is refused, the other is taken, in any order of their steps: the file stays."""
    of = project()
    evidence.add(of, sheet("0"), by=None)
    refused: list[str] = []

    def hand_in(serial: str) -> None:
        try:
            for number in range(6):
                try:
                    evidence.add(of, sheet(serial if serial == "0" else f"{serial}-{number}"), by=None, file=PNG)
                except EvidenceError as error:
                    refused.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_in, args=(serial,)) for serial in ("0", "a", "0", "b")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert refused == ["serial_taken"] * 12
    row = StoredFile.objects.get()
    assert row.evidence.count() == 12
    assert evidence_files.intact(row)


def texts() -> Iterator[st.SearchStrategy[str]]:
    yield from (st.text(max_size=250), st.sampled_from(["", "https://example.org/a", "javascript:alert(1)", "signs:1"]))


@given(
    kind=st.sampled_from([one.code for one in KINDS] + ["nothing", ""]),
    words=st.lists(st.one_of(*texts()), min_size=4, max_size=4),
    days=st.lists(st.dates(), min_size=2, max_size=2),
    result=st.sampled_from(["", "passed", "failed", "good"]),
    with_file=st.booleans(),
)
def test_what_is_taken_keeps_every_rule(
    kind: str, words: list[str], days: list[dt.date], result: str, with_file: bool
) -> None:
    title, serial, link, record = words
    facts = Facts(kind, title, days[0], serial, result, days[1], link, record)
    today = D(2024, 1, 1)
    try:
        found = checked(facts, today=today, with_file=with_file)
    except EvidenceError:
        return
    assert 0 < len(found.title) <= 200
    assert max(days) <= today
    assert found.link == "" or found.link.lower().startswith(("http://", "https://"))
    assert with_file or found.link or found.record or found.serial
    assert checked(found, today=today, with_file=with_file) == found
