"""Brings a sample from the running year to the locked version, as its people would: review, freeze, check, sign."""

from __future__ import annotations

from yuqiao.evaluation import texts
from yuqiao.evaluation.models import Frozen, Project
from yuqiao.evaluation.printing.statistics import periods
from yuqiao.evaluation.process import advance
from yuqiao.evaluation.process_rules import Act
from yuqiao.evaluation.reporting import contradictions_of
from yuqiao.evaluation.reviewing import review
from yuqiao.evaluation.versions import current, newest
from yuqiao.hotline.reporting import services as reports
from yuqiao.lib import clock
from yuqiao.samples.tables import City
from yuqiao.samples.writing import Cast


def lock(city: City, project: Project, people: Cast) -> Frozen:
    """Return the signed version. ProcessError says what is missing, such as an answer to a contradiction."""
    manager = people.manager
    advance(project, Act.REVIEW, by=manager)
    for indicator in project.indicators.filter(parent=None):
        review(indicator, "", by=manager)
    for act in (Act.REVIEWED, Act.FREEZE, Act.DRAFT):
        advance(project, act, by=manager)
    sheet = current(project, clock.now())
    for one in contradictions_of(project, sheet):
        if one.finding.code in city.answers:
            texts.answer(
                project, one.finding.code, one.finding.where, city.answers[one.finding.code], sheet, by=manager
            )
    for period in periods(city.year):
        report = reports.begin(period, by=manager)
        reports.remark(report, "summary", "按合同提交，服务平稳（示例）。", by=manager)
        reports.sign(report, by=manager)
    advance(project, Act.SUBMIT, by=manager)
    advance(project, Act.PASS, by=people.checker)
    version = newest(project)
    seen = version.sha256 if version else ""
    advance(project, Act.SIGN_MANAGER, by=manager, seen=seen)
    advance(project, Act.SIGN_HEAD, by=people.head, seen=seen)
    return project.frozen.latest("number")
