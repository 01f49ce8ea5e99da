"""The evaluation of 100 projects over a year of 1,000,000 calls and 100,000 pieces of evidence, on SQLite and on
PostgreSQL: ``python -m bench.evaluation``.

Each project has the 21 indicators of Beijing's form and 1,000 pieces of evidence; all count the same hotline. Timed,
median of three: one project's form from rows to docx (and xlsx, PDF), its page, and the page of all projects. Prints
and stores bench/results/evaluation.json; exits with 1 when a promise is not kept.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.postgres import server

from bench import machine
from bench.figures.__main__ import YEAR, fill, seconds

FORM_SECONDS, DASHBOARD_SECONDS = 5.0, 1.0
PROJECTS, PIECES = 100, 1000
#: Kinds of evidence in each project, out of `PIECES`.
KINDS = (("feedback_sheet", 96), ("attendance", 150), ("finding_reply", 50), ("partner_rating", 4))


def plan(projects: int, pieces: int) -> list[int]:
    """Write the projects with their indicators, money and evidence; return their ids."""
    from yuqiao.accounts.models import Department  # noqa: PLC0415 (after the environment is prepared)
    from yuqiao.evaluation.models import BudgetLine, Evidence, Payment, Project  # noqa: PLC0415
    from yuqiao.lib import clock  # noqa: PLC0415

    now, day = clock.now(), dt.date(YEAR, 6, 1)
    office = Department.objects.create(code="bench-office", name_zh="外事办公室", name_en="Foreign Affairs Office")
    made = Project.objects.bulk_create(
        [
            Project(
                code=f"bench-{n}",
                year=YEAR,
                name=f"项目{n}",
                department=office,
                unit=office,
                scheme="beijing",
                created_at=now,
            )
            for n in range(projects)
        ]
    )
    BudgetLine.objects.bulk_create([BudgetLine(project=one, source="current", initial_fen=168_336_200) for one in made])
    Payment.objects.bulk_create(
        [
            Payment(project=one, amount_fen=amount, paid_on=day, payee="供应商", entered_at=now)
            for one in made
            for amount in [14_916_428] * 10
        ]
    )
    for one in made:
        _indicators(one.pk)
        counts = (*KINDS, ("sign_photo", pieces - sum(count for _, count in KINDS)))
        Evidence.objects.bulk_create(
            [
                Evidence(
                    project=one,
                    kind=kind,
                    serial=f"{kind}-{n}",
                    title=f"材料{n}",
                    happened_on=dt.date(YEAR, 1 + n % 12, 1 + n % 28),
                    received_on=day,
                    result="passed",
                    entered_at=now,
                )
                for kind, count in counts
                for n in range(count)
            ],
            batch_size=5000,
        )
    return [one.pk for one in made]


def _indicators(project: int) -> None:
    """Write Beijing's indicators; those that ask the hotline ask the bench's lines."""
    from yuqiao.evaluation.models import Entered, Indicator  # noqa: PLC0415
    from yuqiao.evaluation.targets import read_target  # noqa: PLC0415
    from yuqiao.lib import clock  # noqa: PLC0415
    from yuqiao.samples.beijing import PLANNED  # noqa: PLC0415

    rows = []
    for place, one in enumerate(PLANNED, 1):
        target = read_target(one.target)
        rows.append(
            Indicator(
                project_id=project,
                position=place,
                level1=one.printed.level1,
                level2=one.printed.level2,
                name=one.printed.name,
                operator=target.operator.value,
                amount=target.amount.value if target.amount else None,
                unit=target.amount.unit if target.amount else "",
                weight=one.weight,
                formula=one.formula.replace("12345,110,120,999,119", "80001,80002,80003,80004,80005"),
            )
        )
    made = Indicator.objects.bulk_create(rows)
    Entered.objects.bulk_create(
        [Entered(indicator=one, done="done", entered_at=clock.now()) for one in made if one.formula == "entered"]
    )


def measure(calls: int, projects: int) -> dict[str, Any]:
    """Fill the database of this process's settings, and time forms and pages."""
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415

    began = time.perf_counter()
    fill(calls)
    keys = plan(projects, PIECES)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    filled = round(time.perf_counter() - began, 1)
    return {"rows_written_in_s": filled, **_forms(keys[0]), **_pages(keys[0])}


def _forms(key: int) -> dict[str, float]:
    from yuqiao.documents.blocks import Document  # noqa: PLC0415
    from yuqiao.documents.docx import to_docx  # noqa: PLC0415
    from yuqiao.documents.pdf import to_pdf  # noqa: PLC0415
    from yuqiao.documents.xlsx import to_xlsx  # noqa: PLC0415
    from yuqiao.evaluation.assembling import assemble  # noqa: PLC0415
    from yuqiao.evaluation.models import Project  # noqa: PLC0415
    from yuqiao.evaluation.printing.self_evaluation import self_evaluation  # noqa: PLC0415
    from yuqiao.lib import clock  # noqa: PLC0415

    def form() -> Document:
        project = Project.objects.select_related("department", "unit").get(pk=key)
        return self_evaluation(assemble(project, clock.now()))

    made = form()
    return {
        "form_docx_s": seconds(lambda: to_docx(form())),
        "xlsx_s": seconds(lambda: to_xlsx(made)),
        "pdf_s": seconds(lambda: to_pdf(made)),
    }


def _pages(key: int) -> dict[str, float]:
    from django.test import Client  # noqa: PLC0415

    from yuqiao.accounts.models import Role  # noqa: PLC0415
    from yuqiao.accounts.services import create_person, grant_role  # noqa: PLC0415

    manager = create_person("bench-manager", by=None)
    grant_role(manager, Role.PROJECT_MANAGER, by=None)
    client = Client()
    client.force_login(manager)

    def page(path: str) -> None:
        answer = client.get(path, secure=True)
        assert answer.status_code == 200, (path, answer.status_code)

    page("/projects/")  # templates are read
    return {
        "dashboard_of_all_s": seconds(lambda: page(f"/projects/?year={YEAR}")),
        "dashboard_of_one_s": seconds(lambda: page(f"/projects/{key}/")),
    }


def measured_on(url: str, calls: int, projects: int) -> dict[str, Any]:
    """Measure in a process of its own, since settings are read once."""
    environment = os.environ | {
        "DATABASE_URL": url,
        "YUQIAO_DEBUG": "0",
        "YUQIAO_HOSTS": "testserver",
        "YUQIAO_SECRET_KEY": "bench-" * 10,
        "YUQIAO_ARI_PASSWORD": "bench",
        "DJANGO_SETTINGS_MODULE": "yuqiao.config.settings",
    }
    command = [sys.executable, "-m", "bench.evaluation", "--one", "--calls", str(calls), "--projects", str(projects)]
    done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def main() -> int:
    """Measure both databases; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--projects", type=int, default=PROJECTS)
    parser.add_argument("--one", action="store_true", help="measure only the database of DATABASE_URL")
    chosen = parser.parse_args()
    load = (chosen.calls, chosen.projects)
    if chosen.one:
        print(json.dumps(measure(*load)))
        return 0
    with tempfile.TemporaryDirectory(prefix="yuqiao-evaluation-") as folder:
        result: dict[str, Any] = {
            "calls": chosen.calls,
            "projects": chosen.projects,
            "evidence": chosen.projects * PIECES,
            "promise_form_s": FORM_SECONDS,
            "promise_dashboard_s": DASHBOARD_SECONDS,
        }
        result["sqlite"] = measured_on(f"sqlite:///{Path(folder) / 'evaluation.sqlite3'}", *load)
    with server() as url:
        result["postgresql"] = measured_on(url, *load)
    result["kept"] = all(
        result[name]["form_docx_s"] <= FORM_SECONDS and result[name]["dashboard_of_all_s"] <= DASHBOARD_SECONDS
        for name in ("sqlite", "postgresql")
    )
    print(json.dumps(result, indent=2))
    if load == (parser.get_default("calls"), PROJECTS):
        print(machine.store("evaluation", result))
    return 0 if result["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
