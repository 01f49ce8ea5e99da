"""Documents as docx (ISO/IEC 29500): Chinese and Latin fonts both named, headings that make an outline, tables whose
head repeats on each page and whose rows do not break."""

from __future__ import annotations

import io

from docx import Document as NewDocument
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.table import Table as DocxTable
from docx.table import _Cell

from yuqiao.documents.blocks import Document, Heading, Paragraph, Table
from yuqiao.documents.stable import stable

LATIN, CHINESE = "Times New Roman", "宋体"
HEADINGS_LATIN, HEADINGS_CHINESE = "Arial", "黑体"
INK = RGBColor(0x16, 0x22, 0x2A)
HEAD_FILL = "E8EEF0"
#: Columns from which a table needs the page on its side.
SIDEWAYS_FROM = 9


def to_docx(document: Document) -> bytes:
    """Return the document as the bytes of a .docx file; equal documents give equal bytes."""
    file = NewDocument()
    _styles(file)
    _page(file, sideways=any(isinstance(one, Table) and len(one.head) >= SIDEWAYS_FROM for one in document.blocks))
    file.core_properties.title = document.title
    file.core_properties.author = ""
    file.core_properties.comments = ""
    title = file.add_paragraph(document.title, style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    subtitle = file.add_paragraph(document.subtitle)
    subtitle.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for block in document.blocks:
        match block:
            case Heading():
                file.add_heading(block.text, level=block.level)
            case Paragraph():
                run = file.add_paragraph().add_run(block.text)
                run.font.size = Pt(9) if block.small else None
            case Table():
                _table(file, block)
    made = io.BytesIO()
    file.save(made)
    return stable(made.getvalue(), document.at)


def _styles(file: Docx) -> None:
    for name, size, latin, chinese in (
        ("Normal", 11, LATIN, CHINESE),
        ("Title", 20, HEADINGS_LATIN, HEADINGS_CHINESE),
        ("Heading 1", 15, HEADINGS_LATIN, HEADINGS_CHINESE),
        ("Heading 2", 12, HEADINGS_LATIN, HEADINGS_CHINESE),
    ):
        style = file.styles[name]
        style.font.name = latin
        style.font.size = Pt(size)
        style.font.color.rgb = INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in [one for one in fonts.attrib if "Theme" in one]:
            del fonts.attrib[attribute]  # a theme's font would go before the one named
        fonts.set(qn("w:ascii"), latin)
        fonts.set(qn("w:hAnsi"), latin)
        fonts.set(qn("w:eastAsia"), chinese)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-CN")
        style.element.get_or_add_rPr().append(language)
        if name.startswith("Heading"):
            style.paragraph_format.space_after = Pt(4)


def _page(file: Docx, *, sideways: bool) -> None:
    """A4, and a page number in the middle of the foot."""
    section = file.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if sideways:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    foot._p.append(field)


def _table(file: Docx, table: Table) -> None:
    caption = file.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    run = caption.add_run(table.caption)
    run.bold, run.font.size = True, Pt(10)
    made = file.add_table(rows=1, cols=len(table.head))
    made.style = file.styles["Table Grid"]
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, text in enumerate(table.head):
        _fill(made.rows[0].cells[column], text, bold=True, left=column == 0 or column in table.wide)
        _shade(made.rows[0].cells[column])
    _mark(made, 0, "w:tblHeader")
    for row in table.rows:
        cells = made.add_row().cells
        for column, text in enumerate(row):
            _fill(cells[column], text, left=column == 0 or column in table.wide)
    for number in range(len(made.rows)):
        _mark(made, number, "w:cantSplit")
    _widths(file, made, table)
    file.add_paragraph()


def _widths(file: Docx, made: DocxTable, table: Table) -> None:
    section = file.sections[0]
    room = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    shares = [5 if column in table.wide else 2 if column == 0 else 1 for column in range(len(table.head))]
    made.autofit = False
    for column, share in enumerate(shares):
        made.columns[column].width = Emu(room * share // sum(shares))
        for cell in made.columns[column].cells:
            cell.width = Emu(room * share // sum(shares))


def _mark(made: DocxTable, row: int, name: str) -> None:
    made.rows[row]._tr.get_or_add_trPr().append(OxmlElement(name))


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), HEAD_FILL)
    cell._tc.get_or_add_tcPr().append(shade)


def _fill(cell: _Cell, text: str, *, bold: bool = False, left: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(9)
