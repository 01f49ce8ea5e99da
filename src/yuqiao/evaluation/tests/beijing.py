"""Beijing's form of 2023 as data: the figures that its source prints (S84–S111), without the people it names."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from io import BytesIO, StringIO

import docx
import openpyxl

from yuqiao.evaluation.form import Form, FundsRow, IndicatorRow

MONEY = ("168.336200", "149.730000", "149.164287", "10.00", "99.62%", "9.96")
NONE = ("—",) * 6
OUT, GOOD, GLAD = "产出指标", "效益指标", "满意度指标"
COUNT, QUALITY, TIME = "数量指标", "质量指标", "时效指标"
SOCIAL, SERVED = "社会效益指标", "服务对象满意度指标"
ROWS = (
    (OUT, COUNT, "提交电话翻译服务数据统计情况和翻译服务工作总结", "＝2份", "2", "5", "5.00"),
    (OUT, COUNT, "提交译文质量反馈表", "‘＝96份", "96", "6", "6.00"),
    (OUT, COUNT, "组织线上有奖纠错活动", "’＝1次", "1", "3", "3.00"),
    (OUT, COUNT, "线下纠错活动", "≥2次", "2", "3", "3.00"),
    (OUT, COUNT, "转接12345.110.120.999.119等线路外语电话数量", "≥500个", "676", "4", "4.00"),
    (OUT, COUNT, "全市重点场所外语标识采集数量", "≥3万条", "≥3万条", "3", "3.00"),
    (OUT, COUNT, "组织线下主题活动", "‘＝1次", "0次", "3", "0.00"),
    (OUT, COUNT, "制作视频", "≥4期", "6期", "5", "5.00"),
    (OUT, COUNT, "抽查监督报告", "’＝1份", "1份", "3", "3.00"),
    (OUT, QUALITY, "多语言电话翻译服务响应率", "≥100%", "100%", "4", "4.00"),
    (OUT, QUALITY, "抽查监督反馈率", "‘＝100%", "‘＝100%", "4", "4.00"),
    (OUT, QUALITY, "服务人员出勤率", "’＝100%", "100%", "4", "4.00"),
    (OUT, QUALITY, "违规接听电话数量", "‘＝0次", "0", "3", "3.00"),
    (OUT, TIME, "7月底前完成制作视频2期，完成一次线下纠错", "是", "7月底前完成制作视频2期", "3", "2.00"),
    (OUT, TIME, "多语言电话翻译服务提交半年总结", "是", "是", "3", "3.00"),
    (OUT, TIME, "7月底前完成译文抽查半年验收", "是", "是", "4", "4.00"),
    (GOOD, SOCIAL, "为在京外籍人士提供便捷、准确多语言电话咨询服务渠道", "是", "是", "10.00", "10.00"),
    (GOOD, SOCIAL, "提升《条例》社会知晓度，提升社会主体参与度，提升法制意识", "是", "是", "10.00", "10.00"),
    (GLAD, SERVED, "服务对接方对服务整理满意度", "’＝100%", "100%", "4.00", "4.00"),
    (GLAD, SERVED, "服务电话拨打方投诉", "＝0次", "0次", "2.00", "2.00"),
    (GLAD, SERVED, "市政务服务局、市商务局对网站抽查监督反馈整改意见投诉", "＝0次", "0次", "4.00", "4.00"),
)
FUNDS = (
    ("年度资金总额", *MONEY),
    ("当年财政拨款", *MONEY),
    ("上年结转资金", *NONE),
    ("其他资金", *NONE),
)
#: The remarks and the rows that they belong to; on paper a page break has cut them off (S5, S75, S80, S88).
REMARK_OF = {
    "组织线下主题活动": "因工作计划和宣传方式调整，取消此活动，并调减相关预算",
    "7月底前完成制作视频2期，完成一次线下纠错": "合同流程办完已过8月，纠错项目实际启动较晚",
    "多语言电话翻译服务提交半年总结": "半年总结已提交，实际结算时又完善更新提交了一版阶段性报告（含半年总结）。",
}
PRINTED = Form(
    "项目支出绩效自评表",
    "2023",
    {"项目名称": "国际语言环境建设服务"},
    tuple(FundsRow(*row) for row in FUNDS),
    tuple(IndicatorRow(*row, REMARK_OF.get(row[2], ""), f"第{n}行") for n, row in enumerate(ROWS, 10)),
    "100.00",
    "95.96",
)
MONEY_HEADINGS = ("项目资金（万元）", "年初预算数", "全年预算数（A）", "全年执行数（B）", "分值", "执行率", "得分")
HEADINGS = ("一级指标", "二级指标", "三级指标", "年度指标值（A）", "实际完成值（B）", "分值", "得分")
REMARKS = "偏差原因分析及改进措施"
TITLE = ("项目支出绩效自评表", "（2023年度）")


def as_rows() -> list[tuple[str, ...]]:
    """Return the form's rows of cells as a table holds them."""
    return [
        *((line,) for line in TITLE),
        ("项目名称", "国际语言环境建设服务"),
        MONEY_HEADINGS,
        *FUNDS,
        (*HEADINGS, REMARKS),
        *((*row, REMARK_OF.get(row[2], "")) for row in ROWS),
        ("总分：", "", "", "", "", "100.00", "95.96", ""),
    ]


@cache
def as_xlsx() -> bytes:
    return as_xlsx_of(as_rows())


def as_xlsx_of(rows: Sequence[tuple[str, ...]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("自评表", 0)
    for row in rows:
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def as_pasted() -> str:
    """As a table is pasted from a spreadsheet: cells between tabs, in quotes where they hold a break."""
    out = StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(as_rows())
    return out.getvalue()


@cache
def as_docx() -> bytes:
    """As a table of eight columns, its first columns merged where the level is the same."""
    document = docx.Document()
    rows = as_rows()
    for row in rows[:2]:
        document.add_paragraph(row[0])
    table = document.add_table(len(rows) - 2, 8)
    for n, row in enumerate(rows[2:]):
        for column, cell in enumerate(row):
            table.cell(n, column).text = cell
    first = len(rows) - 2 - 1 - len(ROWS)
    outputs = sum(row[0] == OUT for row in ROWS)
    for line in range(first + 1, first + outputs):
        table.cell(line, 0).text = ""
    table.cell(first, 0).merge(table.cell(first + outputs - 1, 0))
    content = BytesIO()
    document.save(content)
    return content.getvalue()


def as_text() -> str:
    """As a PDF's text: labels and names broken over lines, points of the money on a second page."""
    lines = [*TITLE, "项目名称 国际语言环境建设服务", "年初预算数 全年预算数（A） 全年执行数（B） 分值 执行率"]
    lines += [" ".join(row[:6]) for row in FUNDS]
    lines += ["一级指标 二级指标 三级指标 年度指标值（A） 实际完成值（B） 分值 得分", "产出指标"]
    for _level1, level2, name, *cells in ROWS:
        half = len(name) // 2
        lines += [level2[:-1], "标", name[:half], name[half:], "", " ".join(cells), ""]
    lines += ["总分： 100.00 95.96", "", "得分", "", *(row[6] + "\n" for row in FUNDS), REMARKS, ""]
    width = 12
    for remark in REMARK_OF.values():
        lines += [remark[at : at + width] for at in range(0, len(remark), width)]
    return "\n".join(lines)


def as_files() -> dict[str, bytes]:
    """Return the same content as a spreadsheet, a document, a page's text and a pasted table, by file name."""
    return {
        "form.xlsx": as_xlsx(),
        "form.docx": as_docx(),
        "page.txt": as_text().encode("gb18030"),
        "pasted.txt": as_pasted().encode(),
    }
