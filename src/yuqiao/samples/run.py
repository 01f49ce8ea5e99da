"""``yuqiao evaluate CITY --out DIR``: a city's self-evaluation from rows to signed documents, in a minute."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from yuqiao.samples.cities import CITIES
from yuqiao.samples.database import prepare
from yuqiao.samples.tables import City

REFUSED = 2


def main(argv: list[str]) -> int:
    """Build one sample; 0 when everything was written."""
    parser = argparse.ArgumentParser(
        prog="yuqiao evaluate",
        description="Build a published self-evaluation anew from rows: documents, figures, findings.",
    )
    parser.add_argument("city", choices=list(CITIES), help="whose self-evaluation")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write; made if need be")
    parser.add_argument(
        "--database", metavar="URL", help="an empty database to fill and keep (default: SQLite, gone afterwards)"
    )
    chosen = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="yuqiao-evaluate-") as folder:
        prepare(Path(folder), chosen.database)
        if not _empty():
            sys.stderr.write("yuqiao evaluate: the database holds people or projects already; name an empty one\n")
            return REFUSED
        return _build(CITIES[chosen.city], chosen.out)


def _empty() -> bool:
    """Whether nobody works with the database yet: a sample is never mixed with a city's own data."""
    from yuqiao.accounts.models import Person  # noqa: PLC0415 (needs settings)
    from yuqiao.evaluation.models import Project  # noqa: PLC0415

    return not (Person.objects.exists() or Project.objects.exists())


def _build(city: City, out: Path) -> int:
    """Rows, sheet, documents; prints what was written and the headline."""
    from yuqiao.evaluation.freezing import sheet_of  # noqa: PLC0415 (needs settings)
    from yuqiao.evaluation.freezing_differences import verify  # noqa: PLC0415
    from yuqiao.samples import figures, findings, papers, signing, writing  # noqa: PLC0415

    out.mkdir(parents=True, exist_ok=True)
    people = writing.cast()
    project = writing.write(city, people)
    frozen = signing.lock(city, project, people)
    sheet = sheet_of(frozen)
    printed = figures.every(project, sheet)
    written = papers.write(out, papers.documents(project, sheet), printed)
    form = next(path for path in written if path.suffix == ".docx")
    path = out / "findings.txt"
    path.write_text(findings.text_of(city, project, sheet, form.read_bytes()), encoding="utf-8")
    changed = verify(frozen)
    for one in (*written, path):
        sys.stdout.write(f"{one}\n")
    sys.stdout.write(headline({one.code: one.text for one in printed}) + "\n")
    signed = "、".join(one.get_role_display() for one in frozen.signatures.order_by("pk"))
    sys.stdout.write(f"第{frozen.number}版已由{signed}签字锁定，SHA-256 {frozen.sha256[:16]}…\n")
    sys.stdout.write("签字版本的数据与现有记录一致\n" if not changed else "\n".join(changed) + "\n")
    return 1 if changed else 0


def headline(texts: dict[str, str]) -> str:
    """Return the figures a reader looks for first, in a few lines."""
    lines = [
        f"总分 {texts['total']}（{texts['grade']}）：预算 {texts['rate_points']}，指标 {texts['points']}",
        f"执行率 {texts['rate']}；按年初预算数 {texts['rate_initial']}",
    ]
    if "calls_growth" in texts:
        classes = " ＋ ".join(texts[f"lines_{one}"] for one in ("emergency", "government", "public"))
        lines.append(
            f"来电 {texts['calls']}，上年 {texts['calls_before']}，{texts['calls_more']}，{texts['calls_growth']}；"
            f"线路 {texts['lines_linked']} ＝ {classes}"
        )
    return "\n".join(lines)
