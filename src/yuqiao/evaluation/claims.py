"""What a conclusion may claim: fifteen sentences, each printed only if figures or evidence carry it (S9). Pure.

A figure that contradicts a claim withholds it, whatever evidence is linked; what no figure can show needs evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from yuqiao.evaluation.schemes import SATISFACTION
from yuqiao.evaluation.sheet import FULL, Row, Sheet

#: From this share of satisfied people on, satisfaction is called high; half-open like the best grade's interval.
HIGH = Fraction(90)
#: Below this share of the year's budget, spending did not follow the plan.
NEAR = Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class Link:
    """What somebody linked to a claim: a piece of evidence of a kind, or a figure; ``stands``: it counts today."""

    name: str
    kind: str = ""
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What the figures say to a claim: they carry it, contradict it, or say nothing."""

    carries: str = ""
    against: str = ""


SILENT = Found()
Look = Callable[[Sheet], Found]


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the conclusion. ``look`` asks the figures; ``proof`` says in Chinese which evidence carries it.

    ``kinds`` are codes of `evidence_kinds` that are proposed first. ``both``: figures alone do not suffice.
    """

    code: str
    sentence: str
    proof: str
    kinds: tuple[str, ...] = ("other",)
    look: Look | None = None
    both: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a claim is printed, and why, in one Chinese sentence."""

    claim: Claim
    printed: bool
    why: str


def _below(rows: Sequence[Row]) -> list[str]:
    return [row.name for row in rows if row.score.value is None or row.score.value < row.weight]


def _late(sheet: Sheet) -> list[str]:
    return [
        row.name
        for row in sheet.rows
        if row.deadline is not None and row.measured.first_on is not None and row.measured.first_on > row.deadline
    ]


def _full(rows: Sequence[Row], of: str, late: Sequence[str] = ()) -> Found:
    """Return that all rows have their full points, or which have not."""
    if not rows:
        return SILENT
    short = list(dict.fromkeys([*_below(rows), *late]))
    if short:
        return Found(against=f"{'、'.join(short)}未得满分或未按时完成")
    return Found(carries=f"{len(rows)}项{of}均得满分")


def all_on_time(sheet: Sheet) -> Found:
    """All indicators full, none late."""
    return _full(sheet.leading, "指标", _late(sheet))


def in_time(sheet: Sheet) -> Found:
    """All indicators of timeliness full, none late."""
    return _full([row for row in sheet.leading if "时效" in row.level2], "时效指标", _late(sheet))


def of_quality(sheet: Sheet) -> Found:
    """All indicators of quality full."""
    return _full([row for row in sheet.leading if "质量" in row.level2], "质量指标")


def social(sheet: Sheet) -> Found:
    """All indicators of social benefit full."""
    return _full([row for row in sheet.leading if "社会效益" in row.level2], "社会效益指标")


def paid_in_full(sheet: Sheet) -> Found:
    """The whole year's budget was paid (S81, S89)."""
    ratio = sheet.budget.ratio
    if ratio is None:
        return SILENT
    if ratio < 1:
        return Found(against=f"资金未全额支付：{sheet.budget.explanation.rstrip('。')}")
    return Found(carries="全年预算数已全部支付")


def within_budget(sheet: Sheet) -> Found:
    """Spent what was planned, and not more."""
    ratio = sheet.budget.ratio
    if ratio is None:
        return SILENT
    said = sheet.budget.explanation.rstrip("。")
    return Found(carries=said) if NEAR <= ratio <= 1 else Found(against=f"支出偏离全年预算：{said}")


def satisfied(sheet: Sheet) -> Found:
    """Every measured satisfaction is high, and no complaint cost points."""
    rows = [row for row in sheet.leading if row.level1 == SATISFACTION or "满意" in row.name]
    rates = [row for row in rows if row.target.amount is not None and row.target.amount.unit == "%"]
    low = [row.name for row in rates if row.measured.value is not None and row.measured.value < HIGH]
    short = list(dict.fromkeys([*low, *_below([row for row in rows if row not in rates])]))
    if short:
        return Found(against=f"{'、'.join(short)}未达到要求")
    known = [row for row in rates if row.measured.value is not None]
    return Found(carries=f"{len(known)}项满意度均不低于{HIGH}%") if known else SILENT


def weighed(sheet: Sheet) -> Found:
    """Points add up to 100 wherever there are any."""
    if sheet.weights not in {None, FULL}:
        return Found(against=f"分值合计为{sheet.weights}分")
    return SILENT


CLAIMS: tuple[Claim, ...] = (
    Claim("basis", "立项依据充分", "立项批复或政策文件", ("approval",)),
    Claim("goals", "绩效目标合理且清晰明确", "绩效目标申报表或评审意见", ("approval",), weighed),
    Claim("mechanism", "项目管理机制健全", "管理制度文件"),
    Claim("measures", "措施保障有力", "工作方案或保障措施文件"),
    Claim("all_on_time", "全面、按时完成各项绩效指标", "", (), all_on_time),
    Claim("policies", "相关政策落实到位", "政策落实情况材料", ("work_summary", "publication")),
    Claim("in_full", "项目资金及时、全额拨付到位", "支付凭证", ("payment_voucher",), paid_in_full),
    Claim("compliant", "资金使用合规", "支付凭证、合同或审计意见", ("payment_voucher", "contract_paper")),
    Claim("accounting", "会计核算规范", "会计凭证或审计意见", ("payment_voucher",)),
    Claim("control", "财务控制有效", "内控制度或审计意见", ("approval",)),
    Claim("in_time", "项目完成及时", "", (), in_time),
    Claim("quality", "项目质量保障", "验收记录", ("acceptance_record", "quality_sample"), of_quality),
    Claim("within_budget", "符合年度预算目标", "", (), within_budget),
    Claim("social", "项目社会效益显著", "成效材料", ("publication", "honour_certificate", "survey"), social, both=True),
    Claim("satisfied", "服务对象满意度较高", "满意度调查", ("survey", "partner_rating"), satisfied),
)
BY_CODE: Mapping[str, Claim] = {one.code: one for one in CLAIMS}
NO_TROUBLES: tuple[str, ...] = ()
#: Which claims what went wrong in the year speaks against (S127, S137).
TROUBLED = frozenset({"all_on_time", "in_time"})


def judge(
    sheet: Sheet, links: Mapping[str, Sequence[Link]], troubles: Sequence[str] = NO_TROUBLES
) -> tuple[Verdict, ...]:
    """Return what becomes of each claim, in the order of the list; ``links`` by a claim's code."""
    return tuple(_judged(one, sheet, links.get(one.code, ()), troubles) for one in CLAIMS)


def _judged(claim: Claim, sheet: Sheet, links: Sequence[Link], troubles: Sequence[str]) -> Verdict:
    found = claim.look(sheet) if claim.look else SILENT
    if found.against:
        return Verdict(claim, False, f"与数据不符：{found.against}。")
    if claim.code in TROUBLED and troubles:
        return Verdict(claim, False, f"与登记情况不符：{'、'.join(troubles)}。")
    standing = [one.name for one in links if one.stands]
    if found.carries and (standing or not claim.both):
        return Verdict(claim, True, f"{found.carries}。")
    if standing and claim.proof:
        return Verdict(claim, True, f"佐证材料：{'、'.join(standing)}。")
    if not claim.proof:
        return Verdict(claim, False, "数据不足，无法判断。")
    return Verdict(claim, False, f"缺少佐证材料：{claim.proof}。")


def conclusion(verdicts: Sequence[Verdict]) -> str:
    """Return the sentence of the claims that are printed; "" if there is none."""
    printed = [one.claim.sentence for one in verdicts if one.printed]
    return f"该项目{'；'.join(printed)}。" if printed else ""
