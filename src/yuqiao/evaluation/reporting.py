"""A project's report and form in words, as its rows have it: text, claims, contradictions. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from yuqiao.evaluation import evidence_kinds, formulas
from yuqiao.evaluation.claims import Link, Verdict, judge
from yuqiao.evaluation.contradictions.checks import check
from yuqiao.evaluation.contradictions.finding import Finding, Known, Register
from yuqiao.evaluation.formulas import FormulaError
from yuqiao.evaluation.linting.plan import Yield
from yuqiao.evaluation.models import ClaimLink, Contradiction, Indicator, Project
from yuqiao.evaluation.plan_findings import yields_of
from yuqiao.evaluation.report_figures import MORE, Figure, FigureError, more, of_formula, of_sheet, wanted
from yuqiao.evaluation.report_text import ReportText, compose, passages, passages_of_form, used
from yuqiao.evaluation.sheet import Sheet
from yuqiao.evaluation.troubles import troubles_of
from yuqiao.hotline.models import Line
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.workforce.models import ServiceWindow

#: How a text names what the hotline counts, so that a number before these words is compared.
CALLED: dict[str, tuple[str, ...]] = {"calls": ("来电", "通来电")}


def written(project: Project) -> dict[str, str]:
    """Return what authors wrote, the newest of each section."""
    return dict(project.sections.order_by("id").values_list("section", "text"))


def figures_of(project: Project, sheet: Sheet, texts: Iterable[str]) -> dict[str, Figure]:
    """Return every figure that some texts name, measured; FigureError for a name or formula that nobody counts."""
    found = of_sheet(sheet)
    asked = wanted(texts, sheet)
    broken = [name for name, formula in asked.items() if not _measurable(formula)]
    if broken:
        raise FigureError(broken, found)
    units = {name: "%" if yields_of(formula) is Yield.RATE else "" for name, formula in asked.items()}
    rows = {
        name: Indicator(
            pk=-number, project=project, formula=formula, operator="≥", amount=Decimal(1), unit=units[name], name=name
        )
        for number, (name, formula) in enumerate(asked.items(), 1)
    }
    measured = formulas.measure_all(rows.values(), sheet.at)
    for name, row in rows.items():
        found[name] = of_formula(name, row.formula, units[name], measured[row.pk], sheet.scheme)
    found[MORE] = more(found.get("calls"), found.get("calls_before"))
    return found


def _measurable(formula: str) -> bool:
    try:
        formulas.check(formula)
    except FormulaError:
        return False
    return True


def links_of(project: Project, sheet: Sheet) -> dict[str, list[Link]]:
    """Return what is linked to each claim; a withdrawn piece and a figure without a value carry nothing."""
    found: defaultdict[str, list[Link]] = defaultdict(list)
    for one in project.claims.select_related("evidence"):
        if one.evidence is None:
            found[one.claim].append(_linked_figure(project, sheet, one))
        else:
            name = f"{evidence_kinds.name_of(one.evidence.kind)}《{one.evidence.title}》"
            found[one.claim].append(Link(name, one.evidence.kind, one.evidence.withdrawn_at is None))
    return dict(found)


def _linked_figure(project: Project, sheet: Sheet, one: ClaimLink) -> Link:
    try:
        figure = figures_of(project, sheet, [f"{{{one.figure}}}"])[one.figure]
    except FigureError:
        return Link(one.figure, stands=False)
    return Link(f"{one.figure}：{figure.text}", stands=figure.text is not None)


def verdicts_of(project: Project, sheet: Sheet) -> tuple[Verdict, ...]:
    """Return which claims a report may print."""
    return judge(sheet, links_of(project, sheet), troubles_of(project))


def report_of(project: Project, sheet: Sheet, texts: dict[str, str] | None = None) -> ReportText:
    """Return the report's text as it stands, or as it would with other texts; FigureError as in `figures_of`."""
    own = written(project) if texts is None else texts
    figures = figures_of(project, sheet, used(sheet, own))
    return compose(sheet, own, figures, verdicts_of(project, sheet))


def register_of(project: Project, sheet: Sheet, calls: Figure) -> Register:
    """Return what texts are compared with: names, lines, languages offered, the year's calls, what went wrong."""
    offered = ServiceWindow.objects.filter(language__in=FOREIGN).values("language").distinct().count()
    return Register(
        name=project.name,
        sheet=sheet,
        figures=(Known(CALLED["calls"], calls.value, "通"),) if calls.value else (),
        lines=frozenset(Line.objects.values_list("number", flat=True)),
        languages=offered or None,
        troubles=troubles_of(project),
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """A contradiction, and why it stays (None: nobody said)."""

    finding: Finding
    answer: Contradiction | None


def contradictions_of(project: Project, sheet: Sheet) -> list[Answered]:
    """Return every contradiction of form and report as they stand, each with its newest answer."""
    own = written(project)
    figures = figures_of(project, sheet, [*used(sheet, own), "{calls}"])
    report = compose(sheet, own, figures, verdicts_of(project, sheet))
    answers = {(one.code, one.where): one for one in project.contradictions.order_by("id")}
    texts = (*passages(report), *passages_of_form(sheet))
    found = check(texts, register_of(project, sheet, figures["calls"]))
    return [Answered(one, answers.get((one.code, one.where))) for one in found]
