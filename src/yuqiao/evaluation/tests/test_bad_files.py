"""Files that are wrong, huge, locked or made to hurt: a clear message in both languages, within time and memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from yuqiao.evaluation.form import Form
from yuqiao.evaluation.readers.errors import REASONS, UnreadableError
from yuqiao.evaluation.readers.files import LARGEST, read_content, read_file
from yuqiao.evaluation.readers.kinds import Kind
from yuqiao.evaluation.readers.safety import MIB, inspect
from yuqiao.evaluation.tests import bad_files, beijing

MEMORY = 768 * MIB
SECONDS = 60
#: Reads each file named on the command line, and says what came of it; runs under limits.
READER = """
import json, sys
from pathlib import Path
from yuqiao.evaluation.readers.errors import UnreadableError
from yuqiao.evaluation.readers.files import read_file
for name in sys.argv[1:]:
    try:
        form = read_file(Path(name))
        print(json.dumps([Path(name).name, "", len(form.indicators)]))
    except UnreadableError as error:
        print(json.dumps([Path(name).name, error.code, error.chinese + "|" + error.english]))
"""


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def test_every_bad_file_is_refused_within_time_and_memory(tmp_path: Path) -> None:
    for name, make, _code in bad_files.BAD:
        (tmp_path / name).write_bytes(make())
    with (tmp_path / "large.docx").open("wb") as file:
        file.truncate(200 * MIB)  # 200 MB that take no room on the disk
    names = [*(name for name, _, _ in bad_files.BAD), "large.docx", "missing.docx"]
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", READER, *(str(tmp_path / name) for name in names)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_limited,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [name for name, _, _ in found] == names, "each was answered"
    wanted = {name: code for name, _, code in bad_files.BAD} | {"large.docx": "too-large", "missing.docx": "missing"}
    for name, code, said in found:
        if wanted[name]:
            assert (name, code) == (name, wanted[name])
            assert all(said.split("|"))
        else:  # it may be read, or found too hard; it holds no form
            assert code in {"", "bomb", "cells", "damaged", "too-hard", "pictures"}, name
            assert code or said == 0
    assert time.monotonic() - begun < 2 * SECONDS


def test_what_is_sound_is_named_by_what_it_is() -> None:
    assert inspect(beijing.as_docx(), "form.docx") is Kind.DOCX
    assert inspect(beijing.as_xlsx(), "FORM.XLSX") is Kind.XLSX
    assert inspect(beijing.as_text().encode("gb18030", "replace"), "form.txt") is Kind.TEXT
    assert inspect(beijing.as_text().encode("utf-16"), "form") is Kind.TEXT
    assert inspect(bad_files.pdf(), "form.pdf") is Kind.PDF
    assert inspect(bad_files.png(100, 100), "photo.png") is Kind.PNG


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x01\x00\x02\x00", "photo.jpeg", Kind.JPEG),
        (b"RIFF\x10\0\0\0WAVEfmt ", "call.wav", Kind.WAV),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "photo.webp", Kind.WEBP),
        (b"ID3\x04\0\0", "call.mp3", Kind.MP3),
        (b"\xff\xfb\x90\0", "call.mp3", Kind.MP3),
        (b"OggS\0", "call.opus", Kind.OGG),
        (b"\0\0\0\x18ftypisom", "film.mov", Kind.MP4),
        (b"\0\0\0\x18ftypM4A ", "call.m4a", Kind.M4A),
        (b"\0\0\0\x18ftypheic", "photo.heic", Kind.HEIC),
        (b"\x1aE\xdf\xa3", "film.webm", Kind.WEBM),
        (b"GIF89a", "photo.gif", Kind.GIF),
    ],
)
def test_pictures_sounds_and_films_are_told_apart_and_are_no_forms(head: bytes, name: str, kind: Kind) -> None:
    content = head + b"\x01" * 64
    assert inspect(content, name) is kind
    with pytest.raises(UnreadableError) as refused:
        read_content(content, name)
    assert refused.value.code == "not-a-form"
    with pytest.raises(UnreadableError) as refused:
        inspect(content, "form.docx")
    assert refused.value.code == "name"


def test_a_jpeg_of_too_many_pixels_is_refused() -> None:
    with pytest.raises(UnreadableError, match="65535×65535"):
        inspect(b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\xff\xff\xff\xff" + b"\1" * 9, "photo.jpg")


def test_evidence_may_be_larger_than_a_form() -> None:
    film = b"\0\0\0\x18ftypisom" + b"\1" * (LARGEST + 1)
    assert inspect(film, "film.mp4", largest=2 * LARGEST) is Kind.MP4
    with pytest.raises(UnreadableError, match="20 MB"):
        inspect(film, "film.mp4")
    long_list = bad_files.changed(beijing.as_xlsx(), {"xl/worksheets/sheet9.xml": b"<a>" + b" " * (40 * MIB) + b"</a>"})
    assert inspect(long_list, "signs.xlsx", most_xml=100 * MIB) is Kind.XLSX


def test_every_reason_reads_well_in_both_languages() -> None:
    fields = dict.fromkeys(("why", "most", "suffix", "kind", "rows", "columns", "size"), "X")
    for code in REASONS:
        error = UnreadableError(code, **fields)
        assert not error.chinese.isascii()
        assert error.english.isascii()
        assert "{" not in error.chinese + error.english


def test_an_owner_s_password_does_not_keep_a_reader_out(tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    path.write_bytes(bad_files.pdf(b"BT /F1 12 Tf (x) Tj ET", password=""))
    with pytest.raises(UnreadableError) as refused:
        read_file(path)
    assert refused.value.code == "pictures", "it was opened, and holds no text"


def test_struck_text_is_not_read_and_inserted_text_is() -> None:
    inside = (
        "<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>controlled</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    document = f"<w:document {bad_files.WORD}><w:body>{inside}</w:body></w:document>"
    form = read_content(bad_files.changed(beijing.as_docx(), {"word/document.xml": document.encode()}))
    assert isinstance(form, Form)
    assert form.title == "new"
