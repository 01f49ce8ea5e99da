"""Files that nobody should open, made on the spot: each with the code of what is said about it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl
import pypdf
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, StreamObject

from yuqiao.evaluation.readers.safety import MIB, OLE
from yuqiao.evaluation.tests import beijing

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LAUGHS = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))


def changed(content: bytes, parts: dict[str, bytes | None], compression: int = ZIP_DEFLATED) -> bytes:
    """Return an Office file with parts replaced, added, or (None) left out."""
    out = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(out, "w", compression) as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, data in parts.items():
            if data is not None:
                target.writestr(name, data)
    return out.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    """Return one part of an Office file."""
    with ZipFile(BytesIO(content)) as archive:
        return archive.read(name)


def bomb(size: int) -> bytes:
    """Return a docx whose picture unpacks to ``size`` bytes."""
    return changed(beijing.as_docx(), {"word/media/picture.bmp": b"\0" * size})


def lying_bomb() -> bytes:
    """Return a docx that declares a small part and holds a large one, in its directory and in its local header."""
    content = bytearray(changed(beijing.as_docx(), {"word/media/x.bin": b"\0" * (64 * MIB)}))
    true, small = struct.pack("<I", 64 * MIB), struct.pack("<I", 100)
    at = content.find(true)
    while at >= 0:
        content[at : at + 4] = small
        at = content.find(true, at + 4)
    return bytes(content)


def many_layers() -> bytes:
    """Return an archive of archives of archives."""
    content = b"\0" * MIB
    for layer in range(5):
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as archive:
            for copy in range(10):
                archive.writestr(f"{layer}{copy}.zip", content)
        content = out.getvalue()
    return content


def twice_the_same() -> bytes:
    """Return a docx with two parts of one name, of which each reader may take another one."""
    content = bytearray(changed(beijing.as_docx(), {"word/document2.xml": b"<w/>"}))
    return bytes(content.replace(b"word/document2.xml", b"word/document.xml\0"))


def laughing() -> bytes:
    document = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a0 "ha">{LAUGHS}]><w:document {WORD}>&a9;</w:document>'
    return changed(beijing.as_docx(), {"word/document.xml": document.encode()})


def laughing_in_utf_16() -> bytes:
    document = f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE d [<!ENTITY a0 "ha">{LAUGHS}]><d>&a9;</d>'
    return changed(beijing.as_xlsx(), {"xl/workbook.xml": document.encode("utf-16")})


def in_another_encoding() -> bytes:
    document = b'<?xml version="1.0" encoding="cp037"?>' + "<!DOCTYPE d []><d/>".encode("cp037")
    return changed(beijing.as_docx(), {"word/document.xml": document})


def wide_word() -> bytes:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc>'
    table = f"<w:document {WORD}><w:body><w:tbl><w:tr>{cell}</w:tr></w:tbl></w:body></w:document>"
    return changed(beijing.as_docx(), {"word/document.xml": table.encode()})


def far_cells() -> bytes:
    """Return an xlsx whose used range is the whole grid: seventeen billion cells."""
    book = openpyxl.load_workbook(BytesIO(beijing.as_xlsx()))
    book.worksheets[0]["XFD1048576"] = "here"
    book.worksheets[0]["A1048576"] = "and here"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def dense_word() -> bytes:
    """Return a docx full of empty elements, as many as its size allows."""
    body = "<w:p/>" * (7 * MIB // 6)
    document = f"<w:document {WORD}><w:body>{body}</w:body></w:document>"
    return changed(beijing.as_docx(), {"word/document.xml": document.encode()})


def dense_sheet() -> bytes:
    rows = "".join(f'<row r="{n}">{"<c/>" * 16000}</row>' for n in range(1, 108))
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}'
    return changed(beijing.as_xlsx(), {"xl/worksheets/sheet1.xml": f"{sheet}</sheetData></worksheet>".encode()})


def ole(stream: str) -> bytes:
    return OLE + b"\0" * 1000 + stream.encode("utf-16-le") + b"\0" * 1000


def pdf(page: bytes = b"", count: int = 1, password: str | None = None) -> bytes:
    """Return a PDF of so many pages with this content, locked if there is a password."""
    writer = pypdf.PdfWriter()
    stream = DecodedStreamObject()
    stream.set_data(page)
    reference = writer._add_object(stream)
    for _ in range(count):
        blank = writer.add_blank_page(595, 842)
        blank[NameObject("/Contents")] = reference
        blank[NameObject("/Resources")] = DictionaryObject()
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_bomb() -> bytes:
    """Return a small PDF whose page unpacks to 200 MiB, twice deflated."""
    squeezed = zlib.compressobj(9)
    inner = b"".join(squeezed.compress(b"q " * (MIB // 2)) for _ in range(200)) + squeezed.flush()
    stream = StreamObject()
    stream._data = zlib.compress(inner, 9)
    filters = pypdf.generic.ArrayObject([NameObject("/FlateDecode")] * 2)
    stream[NameObject("/Filter")] = filters
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(595, 842)
    page[NameObject("/Contents")] = writer._add_object(stream)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))


def odf() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr(ZipInfo("mimetype"), "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<d/>")
    return out.getvalue()


HEAD = "项目支出绩效自评表\n（2023年度）\n一级指标 二级指标\n"
ROW = "时效指标 7月底前完成一项，完成两项 ≥1 1 1 0.50\n"
MACROS = {"xl/vbaProject.bin": b"\xd0\xcf"}
#: Name of the file, how it is made, what is said about it.
BAD: tuple[tuple[str, Callable[[], bytes], str], ...] = (
    ("empty.xlsx", lambda: b"", "empty"),
    ("zeros.docx", lambda: b"\0" * 5000, "empty"),
    ("picture.docx", lambda: png(10, 10), "name"),
    ("form.xlsx", beijing.as_docx, "name"),
    ("form.pdf", beijing.as_xlsx, "name"),
    ("form.docm", beijing.as_docx, "macros"),
    ("scan.png", lambda: png(100, 100), "not-a-form"),
    ("huge.png", lambda: png(60_000, 60_000), "picture-size"),
    ("program.txt", lambda: b"MZ\x90\0\3\0\0\0" * 100, "other-format"),
    ("noise.txt", lambda: bytes(range(256)) * 10, "no-text"),
    ("rich.doc", lambda: b"{\\rtf1 ...}", "other-format"),
    ("page.xls", lambda: b"<html><table></table></html>", "other-format"),
    ("old.doc", lambda: ole("WordDocument"), "old-office"),
    ("old.xls", lambda: ole("Workbook"), "old-office"),
    ("locked.xlsx", lambda: ole("EncryptedPackage"), "locked"),
    ("locked.pdf", lambda: pdf(password="secret"), "locked"),
    ("torn.docx", lambda: beijing.as_docx()[:3000], "damaged"),
    ("torn.xlsx", lambda: beijing.as_xlsx()[:-200], "damaged"),
    ("torn.pdf", lambda: pdf()[:300], "damaged"),
    ("nonsense.pdf", lambda: b"%PDF-1.7 startxref 9 %%EOF", "damaged"),
    ("hollow.xlsx", lambda: changed(beijing.as_xlsx(), {"xl/workbook.xml": b"<a"}), "damaged"),
    ("hollow.docx", lambda: changed(beijing.as_docx(), {"word/document.xml": b"<a"}), "damaged"),
    ("twice.docx", twice_the_same, "damaged"),
    ("squeezed.docx", lambda: changed(beijing.as_docx(), {}, ZIP_BZIP2), "damaged"),
    ("macros.xlsx", lambda: changed(beijing.as_xlsx(), dict(MACROS)), "macros"),
    ("bomb.docx", lambda: bomb(201 * MIB), "bomb"),
    ("bomb.xlsx", lambda: changed(beijing.as_xlsx(), {"xl/sharedStrings.xml": b" " * (9 * MIB)}), "bomb"),
    ("lying.docx", lying_bomb, "damaged"),
    ("layers.zip", many_layers, "archive"),
    ("paper.odt", odf, "archive"),
    ("laughs.docx", laughing, "entities"),
    ("laughs.xlsx", laughing_in_utf_16, "entities"),
    ("ebcdic.docx", in_another_encoding, "entities"),
    ("wide.docx", wide_word, "cells"),
    ("far.xlsx", far_cells, "cells"),
    ("dense.docx", dense_word, ""),
    ("dense.xlsx", dense_sheet, ""),
    ("long.txt", lambda: b"1" * (2 * MIB), "too-large"),
    ("many.txt", f"{HEAD}{ROW * 600}".encode, "too-many"),
    ("targets.txt", f"{HEAD}{'是 ' * 100_000}".encode, ""),
    ("spaces.txt", lambda: f"{HEAD}{' ' * MIB}"[:MIB].encode()[:MIB], ""),
    ("brackets.txt", ("（" + " )" * 400_000).encode, ""),
    ("quoted.txt", lambda: b'\t"' + b"a" * 1_000_000, ""),
    ("pages.pdf", lambda: pdf(count=61), "pages"),
    ("pictures.pdf", pdf, "pictures"),
    ("bomb.pdf", pdf_bomb, ""),
)
