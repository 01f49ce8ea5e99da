"""Whether a file may be opened at all: what it is, and that it is not made to hurt. Pure; time and memory are bounded.

Nothing of an archive is kept: its parts are unpacked piece by piece and counted, at most `MOST_UNPACKED` bytes of them.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from pathlib import PurePath

from yuqiao.evaluation.readers.errors import UnreadableError
from yuqiao.evaluation.readers.kinds import ENDINGS, FOREIGN, MACRO_ENDINGS, Kind, media_kind

MIB = 1024 * 1024
#: Larger forms than this are no forms; evidence (recordings, videos) may be given more.
LARGEST = 20 * MIB
#: What an Office file may unpack to, all in all; and how much of that may be XML, which takes long to read.
MOST_UNPACKED = 200 * MIB
MOST_XML = 8 * MIB
MOST_PARTS = 5_000
#: Beyond this many pixels a picture is made to fill a memory, not to be looked at.
MOST_PIXELS = 200_000_000
PIECE = 64 * 1024

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Streams of an OLE container (names are UTF-16LE) -> what it is. A locked docx is one, too ([MS-OFFCRYPTO] 2.3).
STREAMS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
#: A DTD, in the two encodings that a part may have; none is allowed (ECMA-376 part 2, on XML usage).
DTD = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
ENTITY = tuple("<!ENTITY".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
#: A part may have no other (ECMA-376 part 2); in a third one a DTD would look like anything.
ENCODINGS = frozenset({b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii"})
ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["']([^"']+)""")
OVERLAP = 2 * len("<!DOCTYPE")
PLAIN_CONTROLS = frozenset("\t\n\r\f\x0b\x1f\x0e")


def inspect(content: bytes, name: str = "", *, largest: int = LARGEST, most_xml: int = MOST_XML) -> Kind:
    """Return what a file is, by its content. UnreadableError where it cannot, or must not, be opened.

    ``name`` is the file's name; its ending must not promise another kind. ``largest`` and ``most_xml`` (of an Office
    file that is kept, not read, and may hold a long list) are in bytes.
    """
    if not content.strip(b"\0 \r\n\t"):
        raise UnreadableError("empty")
    if len(content) > largest:
        raise UnreadableError("too-large", most=largest // MIB)
    kind = _kind(content, most_xml)
    suffix = PurePath(name).suffix.lower()
    if suffix in MACRO_ENDINGS:
        raise UnreadableError("macros")
    if suffix in ENDINGS and kind not in ENDINGS[suffix]:
        raise UnreadableError("name", suffix=suffix, kind=kind.value)
    return kind


def _kind(content: bytes, most_xml: int) -> Kind:
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(content, most_xml)
    if content.startswith(OLE):
        raise _ole(content)
    if b"%PDF-" in content[:1024]:
        return _pdf(content)
    if (media := media_kind(content)) is not None:
        _picture(content, media)
        return media
    for magic, kind in FOREIGN:
        if content.startswith(magic) and (kind == "RTF" or text_of(content) is None):
            raise UnreadableError("other-format", kind=kind)
    text = text_of(content)
    if text is None:
        raise UnreadableError("no-text")
    if text[:200].lstrip().lower().startswith(("<!doctype html", "<html", "<?xml", "mime-version:")):
        raise UnreadableError("other-format", kind="HTML/XML")
    return Kind.TEXT


def text_of(content: bytes) -> str | None:
    """Return a file's text (UTF-8, UTF-16 with its mark, GB 18030); None for what is no text."""
    codes = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for code in codes:
        try:
            text = content.decode(code)
        except UnicodeDecodeError:
            continue
        if not any(sign < " " and sign not in PLAIN_CONTROLS for sign in text):
            return text
    return None


def _archive(content: bytes, most_xml: int) -> Kind:
    try:
        archive = zipfile.ZipFile(BytesIO(content))
        parts = archive.infolist()
        _declared(parts, most_xml)
        for part in parts:
            _unpacked(archive, part)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("damaged") from error
    names = {part.filename for part in parts}
    if "word/document.xml" in names:
        return Kind.DOCX
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    known = {"OFD.xml": "OFD", "content.xml": "ODF", "xl/workbook.bin": "xlsb", "ppt/presentation.xml": "pptx"}
    raise UnreadableError("archive", kind=next((known[one] for one in known if one in names), "ZIP"))


def _declared(parts: list[zipfile.ZipInfo], most_xml: int) -> None:
    """Judge an archive by its directory: nothing is unpacked yet. Entries that overlap are counted each."""
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnreadableError("bomb")
    if sum(part.file_size for part in parts if _is_xml(part)) > most_xml:
        raise UnreadableError("bomb")
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableError("locked")
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise UnreadableError("macros")
    if len(set(names)) < len(names):  # readers differ in which of two parts of one name they take
        raise UnreadableError("damaged")
    if any(part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for part in parts):
        raise UnreadableError("damaged")  # an Office file knows no other (ECMA-376 part 2, annex on ZIP)


def _is_xml(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().endswith((".xml", ".rels", ".vml"))


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack one part in pieces: never more than it declares; where it holds more, its checksum fails."""
    before = b""
    is_xml = _is_xml(part)
    with archive.open(part) as file:
        while piece := file.read(PIECE):
            if not is_xml:
                continue
            said = ENCODING.search(piece[:200]) if not before else None
            if said and said.group(1).lower() not in ENCODINGS:
                raise UnreadableError("entities")
            text = before + piece
            if any(mark in text for mark in (*DTD, *ENTITY)):
                raise UnreadableError("entities")
            if b"macroEnabled" in text and part.filename == "[Content_Types].xml":
                raise UnreadableError("macros")
            before = piece[-OVERLAP:]


def _ole(content: bytes) -> UnreadableError:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        return UnreadableError("locked")
    return UnreadableError("old-office", kind=next((STREAMS[one] for one in STREAMS if holds(one)), "OLE"))


def _pdf(content: bytes) -> Kind:
    if b"%%EOF" not in content[-2 * MIB :] or b"startxref" not in content:
        raise UnreadableError("damaged")
    return Kind.PDF


def _picture(content: bytes, kind: Kind) -> None:
    size = None
    if kind is Kind.PNG:
        size = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if kind is Kind.JPEG:
        size = _jpeg_size(content)
    if size is not None and size[0] * size[1] > MOST_PIXELS:
        raise UnreadableError("picture-size", size=f"{size[0]}×{size[1]}")


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height from the first frame header (ITU-T T.81, B.2.2); None without one."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
        at += 2 + max(length, 2)
    return None
