"""``yuqiao audit-form``: findings in groups, folders, JSON, schemes from files; our own forms; whatever cells hold."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from yuqiao.documents.docx import to_docx
from yuqiao.documents.pdf import to_pdf
from yuqiao.documents.xlsx import to_xlsx
from yuqiao.evaluation import checks, scheme_data
from yuqiao.evaluation.audit import audit
from yuqiao.evaluation.audit_report import TITLES, as_data, audited, report
from yuqiao.evaluation.command import main
from yuqiao.evaluation.form import Form, FundsRow, IndicatorRow
from yuqiao.evaluation.printing.copies import Copy
from yuqiao.evaluation.printing.self_evaluation import self_evaluation
from yuqiao.evaluation.printing.tests import year
from yuqiao.evaluation.readers.files import read_content
from yuqiao.evaluation.schemes import BEIJING, SCHEMES, Scheme
from yuqiao.evaluation.tests import beijing


def test_the_command_prints_findings_in_groups_and_fails_when_there_are_any(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(beijing.as_xlsx())
    assert main([str(path)]) == 1
    shown = capsys.readouterr().out
    assert "计分方案：北京市 项目支出绩效自评表（按分值10/60/20/10推断）" in shown
    assert "识别21项指标、4行资金；总分95.96，各项得分相加95.96，等级“优”。" in shown
    assert "■ 错误 0处：执行率、得分、合计复算无误" in shown
    assert "  多余的引号（8处）\n    · 提交译文质量反馈表（第11行）：‘＝96份 → ＝96份" in shown
    assert main(["--json", "--scheme", "national", str(path)]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert told["counts"] == {"error": 2, "doubt": 15, "form": 17}
    assert (told["scheme"], told["total"], told["total_added"], told["grade"]) == ("national", "95.96", "95.96", "优")
    assert all(one["title"] and one["sentence"] for one in told["findings"])
    empty = tmp_path / "empty.txt"
    empty.write_text("nothing")
    assert main([str(empty)]) == 2
    error = capsys.readouterr().err
    assert "文件里没有指标行" in error
    assert "no indicators" in error


def test_a_scheme_of_one_s_own_is_taken_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form, scheme = tmp_path / "form.xlsx", tmp_path / "scheme.json"
    form.write_bytes(beijing.as_xlsx())
    own = replace(BEIJING, code="own", name="本市方案", over_achieved=Decimal("1.6"))
    scheme.write_text(json.dumps(scheme_data.as_data(own)))
    assert main(["--scheme-file", str(scheme), str(form)]) == 1
    shown = capsys.readouterr().out
    assert "计分方案：本市方案（指定）" in shown
    assert "超额较多" not in shown
    scheme.write_text("{}")
    assert main(["--scheme-file", str(scheme), str(form)]) == 2
    assert "format: write 1" in capsys.readouterr().err
    scheme.write_text("{")
    assert main(["--scheme-file", str(scheme), str(form)]) == 2


def test_a_folder_gets_a_line_for_each_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in beijing.as_files().items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "wrong.xlsx").write_bytes(beijing.as_xlsx()[:500])
    (tmp_path / "~$form.docx").write_bytes(b"lock of a running Office")
    (tmp_path / "changed.txt").write_text(beijing.as_text().replace("100.00 95.96", "100.00 95.86"))
    assert main([str(tmp_path)]) == 2
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert len(lines) == 6
    assert "changed.txt：错误1，疑问15，格式18；总分95.86，各项得分相加95.96，等级“优”" in lines[0]
    assert lines[-1] == "共6个文件：5份自评表，其中1份有错误；0个不是自评表；1个无法读取。"
    assert "wrong.xlsx：无法读取：文件已损坏" in told.err
    (tmp_path / "wrong.xlsx").unlink()
    levels = {beijing.OUT, beijing.GOOD, beijing.GLAD}
    plan = [(*row[:4], "", row[5]) if row[0] in levels else row for row in beijing.as_rows()[:-1]]
    (tmp_path / "plan.xlsx").write_bytes(beijing.as_xlsx_of(plan))
    (tmp_path / "letter.txt").write_text("关于报送自评表的函")
    assert main(["--details", str(tmp_path)]) == 1, "what is no form does no harm beside those that are"
    told = capsys.readouterr()
    assert "总分与各项得分之和不符（1处）" in told.out
    assert "plan.xlsx：不是自评表：指标没有实际完成值和得分（是目标申报表？）" in told.err
    assert told.out.splitlines()[-1] == "共7个文件：5份自评表，其中1份有错误；2个不是自评表；0个无法读取。"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main([str(empty)]) == 2


def test_every_rule_has_a_title() -> None:
    sources = "".join(path.read_text() for path in Path(checks.__file__).parent.glob("*.py"))
    used = set(re.findall(r'Weight\.\w+,\s*"([a-z-]+)"', sources))
    assert used == set(TITLES)


@pytest.mark.parametrize("copy", list(Copy))
def test_our_own_printed_forms_give_the_same_findings_in_all_three_formats(copy: Copy) -> None:
    document = self_evaluation(year.sheet(), copy)
    forms = [
        read_content(to(document), name) for name, to in (("f.docx", to_docx), ("f.xlsx", to_xlsx), ("f.pdf", to_pdf))
    ]
    found = [[(one.rule, one.where, one.weight) for one in audit(form, BEIJING)] for form in forms]
    assert [len(form.indicators) for form in forms] == [21, 21, 21]
    assert all(form.not_understood == () for form in forms), "an annex is no part of the form"
    assert {rule for rule, _, _ in found[0]} & {"late", "over-achieved", "no-approval"}
    for other in found[1:]:
        assert other == found[0]


CELLS = st.text(alphabet="0123456789.,-%≥≤＝＞＜是前月日年底万亿份次提升完成，、‘ \n—", max_size=14)
FUNDS_ROWS = st.builds(FundsRow, CELLS, CELLS, CELLS, CELLS, CELLS, CELLS, CELLS)
LEVELS = st.sampled_from(["产出指标", "效益指标", "满意度指标", "时效指标", ""])
INDICATOR_ROWS = st.builds(IndicatorRow, LEVELS, LEVELS, CELLS, CELLS, CELLS, CELLS, CELLS, CELLS, CELLS)


@given(
    st.lists(FUNDS_ROWS, max_size=3),
    st.lists(INDICATOR_ROWS, max_size=4),
    st.sampled_from(["2023", "", "0000", "９９９９", "20²"]),
    CELLS,
    st.sampled_from(SCHEMES),
)
@example([], [IndicatorRow("", "", "7月底前完成", "13月底前", "31.2.2023", "-1", "0")], "2023", "1e9", BEIJING)
def test_whatever_cells_hold_the_audit_and_its_report_say_something(
    funds: list[FundsRow], rows: list[IndicatorRow], year_: str, total: str, scheme: Scheme
) -> None:
    form = Form("表", year_, {}, tuple(funds), tuple(rows), total, total)
    assert all(one.sentence.strip() and one.rule in TITLES for one in audit(form, scheme))
    told = audited("form", form)
    assert report(told)
    assert json.loads(json.dumps(as_data(told)))["file"] == "form"
