"""Why a file cannot be taken, in the reader's language: a code that does not change, and what to hand in instead."""

from __future__ import annotations

#: Code -> what is said in Chinese and in English; ``{}`` marks are filled by the one who refuses.
REASONS = {
    "missing": ("文件无法打开：{why}", "the file cannot be opened: {why}"),
    "empty": ("文件是空的，请重新导出后再提交", "the file is empty; export it again"),
    "too-large": ("文件超过{most} MB，请只提交表格本身", "the file is larger than {most} MB; hand in the form alone"),
    "damaged": ("文件已损坏或不完整，请重新保存或重新下载", "the file is damaged or incomplete; save it anew"),
    "name": (
        "文件名是{suffix}，内容却是{kind}，请改正扩展名或另存",
        "the name says {suffix}, but it holds {kind}; rename it or save it anew",
    ),
    "old-office": (
        "这是旧版Office格式（{kind}），请另存为docx、xlsx或PDF",
        "this is an old Office file ({kind}); save it as docx, xlsx or PDF",
    ),
    "locked": (
        "文件有打开密码，请取消密码后另存再提交",
        "the file is locked by a password; save it without one",
    ),
    "macros": (
        "文件含有宏，不予接收，请另存为不含宏的docx或xlsx",
        "the file holds macros; save it as a docx or xlsx without them",
    ),
    "bomb": (
        "文件解压后过大（压缩炸弹或误存），不予接收",
        "the file unpacks to far more than a form needs; hand in the form alone",
    ),
    "entities": (
        "文件的XML含有实体定义（DTD），Office文件不允许，请重新保存",
        "the file's XML declares entities (a DTD), which no Office file may; save it anew",
    ),
    "cells": (
        "表格超过{rows}行或{columns}列，不是自评表，请只保留表格区域",
        "a sheet has more than {rows} rows or {columns} columns; keep the form's cells alone",
    ),
    "archive": (
        "这是{kind}，既不是docx也不是xlsx，请解压后提交其中的表格",
        "this is {kind}, neither docx nor xlsx; hand in the form inside it",
    ),
    "other-format": (
        "不支持{kind}格式，请另存为docx、xlsx或带文字的PDF",
        "{kind} is not read; save it as docx, xlsx or a PDF with text",
    ),
    "no-text": (
        "这不是文本，也不是docx、xlsx或PDF",
        "this is no text, no docx, no xlsx and no PDF",
    ),
    "pictures": (
        "PDF只有图片、没有文字（扫描件），请提交生成它的docx或xlsx",
        "the PDF holds pictures only; hand in the docx or xlsx it was made from",
    ),
    "pages": ("PDF超过{most}页，请只保留自评表", "the PDF has more than {most} pages; keep the form alone"),
    "too-hard": (
        "文件读取超出时间或内存限制，请重新打印为PDF或提交docx、xlsx",
        "reading the file took too much time or memory; print it to PDF anew or hand in docx or xlsx",
    ),
    "picture-size": (
        "图片像素过多（{size}），请缩小后提交",
        "the picture has too many pixels ({size}); make it smaller",
    ),
    "not-a-form": (
        "这是{kind}，不是表格文件，请提交docx、xlsx、PDF或文本",
        "this is {kind}, no form; hand in docx, xlsx, PDF or text",
    ),
    "too-many": (
        "文件里的指标超过{most}项，不是一份自评表",
        "the file holds more than {most} indicators; hand in one form at a time",
    ),
    "no-scores": (
        "指标没有实际完成值和得分（是目标申报表？），没有可复算的内容",
        "its indicators have neither actuals nor points (a plan?), so there is nothing to check",
    ),
    "no-indicators": (
        "文件里没有指标行（年度指标值、实际完成值、分值）",
        "the file holds no indicators (no row with target, actual and weight)",
    ),
}


class UnreadableError(ValueError):
    """The file cannot be taken. ``code`` is a key of `REASONS`; ``chinese`` and ``english`` say what to do."""

    def __init__(self, code: str, **fields: object) -> None:
        self.code = code
        self.chinese, self.english = (said.format(**fields) for said in REASONS[code])
        super().__init__(self.english)
