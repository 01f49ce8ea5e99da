"""Guangzhou's report is opened again: its numbers are the source's, out of rows, and its contradictions are told."""

from __future__ import annotations

import io

import docx
import pytest

from yuqiao.documents.docx import to_docx
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.printing.report import evaluation_report
from yuqiao.evaluation.printing.self_evaluation import self_evaluation
from yuqiao.evaluation.reporting import report_of
from yuqiao.samples import findings
from yuqiao.samples.guangzhou import GUANGZHOU

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_guangzhous_report_says_the_sources_numbers_out_of_rows(guangzhou: Project) -> None:
    sheet = assemble(guangzhou, GUANGZHOU.evaluated_at)
    report = report_of(guangzhou, sheet)
    document = docx.Document(io.BytesIO(to_docx(evaluation_report(sheet, report))))
    text = "\n".join(one.text for one in document.paragraphs)
    for words in (
        "预算金额350万元，实际支付347.15万元，预算完成率为99.18%",
        "104条政务、公共服务热线（含已并入广州12345政府服务热线的89条）和181个政务及公共服务部门",
        "紧急服务热线3条、政务服务热线93条、公共服务类热线8条",
        "全年承接6191通来电，比2020年的5187通增加1004通，同比增长19.36%",
        "服务对象满意度为99.92%",
        "服务完成及时率为100%",
        "宣传9次",
        "接通8种外语",
        "自评等级为优秀",
    ):
        assert words in text, words
    assert "全额拨付" not in text
    table = [[cell.text for cell in row.cells] for row in document.tables[0].rows][1:]
    assert [row[3] for row in table] == [planned.ours("actual") for planned in GUANGZHOU.planned]
    printed = {span.figure for part in report.parts for one in part.paragraphs for span in one.spans if span.figure}
    assert {"calls", "calls_before", "growth", "lines:linked", "departments", "satisfaction"} <= printed


def test_findings_tell_where_guangzhous_source_contradicts_itself(guangzhou: Project) -> None:
    sheet = assemble(guangzhou, GUANGZHOU.evaluated_at)
    text = findings.text_of(GUANGZHOU, guangzhou, sheet, to_docx(self_evaluation(sheet)))
    source = text.split("\n\n")[0]
    for said in ("9种语言", "119", "181", "截尾", "全额拨付", "全面、按时完成", "没有总分"):
        assert said in source, said
    assert "项目资金及时、全额拨付到位：与数据不符" in text
