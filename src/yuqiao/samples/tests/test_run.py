"""The command builds a city's self-evaluation in a database of its own, and leaves documents, figures, findings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENTS = ("绩效自评表", "评价结果报告", "绩效目标申报表", "上半年统计与工作总结", "全年统计与工作总结")
HEADLINES = {
    "beijing-2023": ("总分 95.96（优）：预算 9.96，指标 86.00", "执行率 99.62%；按年初预算数 88.61%"),
    "guangzhou-2021": (
        "执行率 99.18%",
        "来电 6191，上年 5187，+1004，19.36%；线路 104 ＝ 3 ＋ 93 ＋ 8",
        "总分 99.92（优秀）",
    ),
}


@pytest.mark.live
@pytest.mark.parametrize("city", list(HEADLINES))
def test_one_command_makes_everything(city: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "yuqiao.config.cli", "evaluate", city, "--out", str(tmp_path / "out")],
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for line in (*HEADLINES[city], "第2版已由项目部门负责人、主管主任签字锁定", "签字版本的数据与现有记录一致"):
        assert line in done.stdout, line
    written = {path.name for path in (tmp_path / "out").iterdir()}
    wanted = {
        f"{name}-{copy}.{suffix}"
        for name in DOCUMENTS
        for copy in ("公开版", "内部版")
        for suffix in ("docx", "xlsx", "pdf")
    }
    assert written == wanted | {"figures.json", "findings.txt"}
    figures = {one["code"]: one for one in json.loads((tmp_path / "out" / "figures.json").read_text(encoding="utf-8"))}
    assert all(one["definition"] for one in figures.values())
    assert figures["rate"]["denominator"] in {149_730_000, 350_000_000}
    for code, one in figures.items():
        counted = one["rows"] and code.startswith("actual.") and one["rows"]["table"] != "hotline.Outage"
        number = one["denominator"] if one["denominator"] is not None else one["numerator"]
        if counted and number is not None:
            assert one["rows"]["count"] == number, code


def test_an_unknown_city_is_refused_with_those_there_are() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "yuqiao.config.cli", "evaluate", "atlantis", "--out", "nowhere"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "beijing-2023" in done.stderr


@pytest.mark.live
def test_a_database_that_somebody_works_with_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'own.sqlite3'}"
    own = {**os.environ, "DATABASE_URL": url, "YUQIAO_DEBUG": "1"}
    said = "from yuqiao.accounts.services import create_person; create_person('mei', by=None)"
    for command in (["migrate", "--verbosity", "0"], ["manage", "shell", "--no-imports", "-c", said]):
        subprocess.run([sys.executable, "-m", "yuqiao.config.cli", *command], env=own, check=True)
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-m", "yuqiao.config.cli", "evaluate", "beijing-2023", "--out", str(out), "--database", url],
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "name an empty one" in done.stderr
    assert not out.exists()
