"""``yuqiao audit-form FILE``: the findings on somebody's self-evaluation form, for an auditor with a minute."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from yuqiao.evaluation.audit import Finding, Weight, audit
from yuqiao.evaluation.form import Form
from yuqiao.evaluation.readers.files import UnreadableError, read_file
from yuqiao.evaluation.schemes import BEIJING, BY_CODE

SOUND, FINDINGS, UNREADABLE = 0, 1, 2


def main(argv: list[str]) -> int:
    """Print the findings; 0 when there are none, 1 when there are, 2 when the file holds no form."""
    parser = argparse.ArgumentParser(
        prog="yuqiao audit-form",
        description="Check the arithmetic and the writing of a 项目支出绩效自评表 (docx, xlsx, PDF, plain text).",
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--scheme", choices=list(BY_CODE), default=BEIJING.code, help="how it should be scored")
    parser.add_argument("--json", action="store_true", help="findings as JSON")
    chosen = parser.parse_args(argv)
    try:
        form = read_file(chosen.file)
    except UnreadableError as error:
        sys.stderr.write(f"yuqiao audit-form: {error}\n")
        return UNREADABLE
    if not form.indicators:
        sys.stderr.write("yuqiao audit-form: the file holds no indicators (no row with target, actual and weight)\n")
        return UNREADABLE
    findings = audit(form, BY_CODE[chosen.scheme])
    text = json.dumps([asdict(one) for one in findings], ensure_ascii=False, indent=1) if chosen.json else ""
    sys.stdout.write((text or report(form, findings)) + "\n")
    return FINDINGS if findings else SOUND


def report(form: Form, findings: list[Finding]) -> str:
    """Return what an auditor reads: what the form is, then each finding on a line, the gravest first."""
    lines = [
        f"{form.title} {form.year} {form.header.get('项目名称', '')}".strip(),
        f"识别 {len(form.indicators)} 项指标、{len(form.funds)} 行资金，总分 {form.total_points or '—'}。",
    ]
    for weight in Weight:
        mine = [one for one in findings if one.weight is weight]
        if mine:
            lines.append(f"\n{weight.value} {len(mine)} 项")
            lines += [f"  {one.where}：{one.sentence}" if one.where else f"  {one.sentence}" for one in mine]
    if not findings:
        lines.append("没有发现问题。")
    return "\n".join(lines)
