"""Documents as docx (ISO/IEC 29500): Chinese and Latin fonts both named, headings that make an outline, tables whose
head repeats on each page and whose rows do not break."""

from __future__ import annotations

import io
from typing import Any

from docx import Document as NewDocument
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import _Footer, _Header
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table as DocxTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as DocxParagraph
from docx.text.run import Run

from yuqiao.documents.blocks import Document, Heading, Paragraph, Table
from yuqiao.documents.docx_forms import add_form
from yuqiao.documents.forms import Align, Form
from yuqiao.documents.stable import stable
from yuqiao.documents.style import LONG_SIDE, SHORT_SIDE, Face, Style, room
from yuqiao.documents.words import sayable

INK = RGBColor(0x16, 0x22, 0x2A)
HEAD_FILL = "E8EEF0"
ALIGN = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}


def to_docx(document: Document) -> bytes:
    """Return the document as the bytes of a .docx file; equal documents give equal bytes."""
    file = NewDocument()
    _styles(file, document.style)
    _page(file, document)
    file.core_properties.title = sayable(document.title).replace("\n", " ")
    file.core_properties.author = ""
    file.core_properties.comments = ""
    _opening(file, document)
    for block in document.blocks:
        match block:
            case Heading():
                heading = file.add_heading(sayable(block.text), level=block.level)
                heading.paragraph_format.page_break_before = block.fresh or None
            case Paragraph():
                _paragraph(file, block, document.style)
            case Table():
                _table(file, block, document.style)
            case Form():
                add_form(file, block, document.style.table, room(document.page, sideways=document.sideways)[1])
    made = io.BytesIO()
    file.save(made)
    return stable(made.getvalue(), document.at)


def _opening(file: Docx, document: Document) -> None:
    """What stands over the title, the title and what stands under it."""
    if document.above:
        file.add_paragraph(sayable(document.above))
    title = file.add_paragraph(sayable(document.title), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if document.subtitle:
        subtitle = file.add_paragraph()
        subtitle.alignment = WD_ALIGN_PARAGRAPH.CENTER
        dress(subtitle.add_run(sayable(document.subtitle)), document.style.subtitle)


def _styles(file: Docx, style: Style) -> None:
    for name, face in (
        ("Normal", style.body),
        ("Title", style.title),
        *((f"Heading {level}", face) for level, face in enumerate(style.headings, 1)),
    ):
        own: Any = file.styles[name]
        own.font.name, own.font.size, own.font.bold = face.latin, Pt(face.size), face.bold or None
        own.font.color.rgb = INK
        fonts = own.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in [one for one in fonts.attrib if "Theme" in one]:
            del fonts.attrib[attribute]  # a theme's font would go before the one named
        fonts.set(qn("w:ascii"), face.latin)
        fonts.set(qn("w:hAnsi"), face.latin)
        fonts.set(qn("w:eastAsia"), face.chinese)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-CN")
        own.element.get_or_add_rPr().append(language)
        if name == "Title":
            own.paragraph_format.space_after = Pt(4)
            for line in own.element.pPr.findall(qn("w:pBdr")):
                own.element.pPr.remove(line)
        if name.startswith("Heading"):
            own.paragraph_format.space_after = Pt(4)
            own.paragraph_format.first_line_indent = Pt(style.indent * face.size) if style.indent else None
        if style.leading and name != "Title":
            own.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            own.paragraph_format.line_spacing = Pt(style.leading)
            own.paragraph_format.space_before = own.paragraph_format.space_after = Pt(0)


def dress(run: Run, face: Face) -> None:
    """Print a run in a face of its own instead of its paragraph's."""
    run.font.name, run.font.size, run.font.bold = face.latin, Pt(face.size), face.bold or None
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face.chinese)


def _page(file: Docx, document: Document) -> None:
    """A4; what runs along the head, and the page's number in the middle of the foot."""
    section, page = file.sections[0], document.page
    section.page_width, section.page_height = Mm(SHORT_SIDE), Mm(LONG_SIDE)
    if document.sideways:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(LONG_SIDE), Mm(SHORT_SIDE)
    section.top_margin, section.right_margin = Mm(page.margins[0]), Mm(page.margins[1])
    section.bottom_margin, section.left_margin = Mm(page.margins[2]), Mm(page.margins[3])
    section.header_distance, section.footer_distance = Mm(page.margins[0] / 2), Mm(page.margins[2] / 2)
    _foot(section.footer, document)
    if page.running or page.mark:
        _head(section.header, document, page.running)
    if page.running:  # the first page has the title itself
        section.different_first_page_header_footer = True
        _foot(section.first_page_footer, document)
        _head(section.first_page_header, document, "")


def _head(head: _Header, document: Document, running: str) -> None:
    line = head.paragraphs[0]
    line.style = "Normal"  # the style of heads has tab stops of its own
    line.paragraph_format.line_spacing = 1.0
    wide = room(document.page, sideways=document.sideways)[0]
    line.paragraph_format.tab_stops.add_tab_stop(Mm(wide), WD_TAB_ALIGNMENT.RIGHT)
    dress(line.add_run(sayable(f"{running}\t{document.page.mark}".rstrip("\t"))), document.style.small)


def _foot(foot: _Footer, document: Document) -> None:
    line = foot.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.line_spacing = 1.0
    for words, code in (
        (("第 ", "PAGE"), (" 页 共 ", "NUMPAGES"), (" 页", "")) if document.page.counted else [("", "PAGE")]
    ):
        if words:
            dress(line.add_run(words), document.style.small)
        if code:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), code)
            shown = line.add_run("1")
            dress(shown, document.style.small)
            field.append(shown._r)
            line._p.append(field)


def _paragraph(file: Docx, block: Paragraph, style: Style) -> None:
    made = file.add_paragraph()
    if block.align is not Align.LEFT:
        made.alignment = ALIGN[block.align]
    if style.indent and block.align is Align.LEFT:
        made.paragraph_format.first_line_indent = Pt(style.indent * (style.small if block.small else style.body).size)
    run = made.add_run(sayable(block.text))
    if block.small:
        dress(run, style.small)


def _table(file: Docx, table: Table, style: Style) -> None:
    caption = file.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    run = caption.add_run(sayable(table.caption))
    dress(run, style.table)
    run.bold, run.font.size = True, Pt(style.table.size + 1)
    made = file.add_table(rows=1, cols=len(table.head))
    made.style = file.styles["Table Grid"]
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, text in enumerate(table.head):
        _fill(made.rows[0].cells[column], text, style.table, bold=True, left=column == 0 or column in table.wide)
        _shade(made.rows[0].cells[column])
    _mark(made, 0, "w:tblHeader")
    for row in table.rows:
        cells = made.add_row().cells
        for column, text in enumerate(row):
            _fill(cells[column], text, style.table, left=column == 0 or column in table.wide)
    for number in range(len(made.rows)):
        _mark(made, number, "w:cantSplit")
    _widths(file, made, table)
    file.add_paragraph()


def _widths(file: Docx, made: DocxTable, table: Table) -> None:
    section = file.sections[0]
    wide = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    shares = table.columns
    made.autofit = False
    for column, share in enumerate(shares):
        made.columns[column].width = Emu(wide * share // sum(shares))
        for cell in made.columns[column].cells:
            cell.width = Emu(wide * share // sum(shares))


def _mark(made: DocxTable, row: int, name: str) -> None:
    made.rows[row]._tr.get_or_add_trPr().append(OxmlElement(name))


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), HEAD_FILL)
    cell._tc.get_or_add_tcPr().append(shade)


def _fill(cell: _Cell, text: str, face: Face, *, bold: bool = False, left: bool = False) -> None:
    paragraph: DocxParagraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    run = paragraph.add_run(sayable(text))
    dress(run, face)
    run.bold = bold
