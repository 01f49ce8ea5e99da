"""What a piece of evidence must say before it counts, decided without rows. Pure.

Every refusal is an `EvidenceError` with a code and a sentence, in Chinese and English, that says what to mend.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from yuqiao.evaluation.evidence_kinds import BY_CODE
from yuqiao.lib.refusal import RefusalError, Sentences

#: Code -> what a person reads (Chinese, English); fields in braces are filled in.
SENTENCES: Sentences = {
    "kind": ("没有佐证类别“{kind}”。", "There is no evidence of kind {kind}; choose one of the list."),
    "title": ("请填写名称（不超过200字）。", "Give it a title of at most 200 signs."),
    "serial": ("编号不能超过60字。", "A serial number has at most 60 signs."),
    "serial_missing": ("缺少编号。", "The serial number is missing."),
    "serial_taken": (
        "编号“{serial}”已登记；如为修改稿，请作为新版本提交。",
        "The serial number {serial} is entered already; hand in a new version of it.",
    ),
    "future": ("日期{day}尚未到来。", "The day {day} is yet to come."),
    "day": ("“{day}”不是日期，应写作2023-07-31。", "{day} is no day: write 2023-07-31."),
    "result": ("结论应为合格或不合格。", "A result is passed or failed."),
    "not_judged": ("“{kind}”没有合格与否的结论。", "Evidence of kind {kind} is not judged; leave the result empty."),
    "link": ("链接应以http://或https://开头，不超过500字。", "A link begins with http:// or https://."),
    "record": ("找不到记录“{record}”。", "There is no record {record}."),
    "no_proof": (
        "请附文件、链接、系统记录或纸质材料编号。",
        "Give a file, a link, a record, or the serial number of the paper.",
    ),
    "reason": ("请写明理由（不超过500字）。", "Give the reason in at most 500 signs."),
    "withdrawn": ("该材料已撤回。", "This piece was withdrawn."),
    "replaced": ("该材料已有新版本，请在新版本上操作。", "There is a newer version; go on with that one."),
    "other_project": ("指标属于另一项目。", "The indicator belongs to another project."),
    "value": ("请填写数值，或分子与分母，或完成情况。", "Enter a number, or a part and a whole, or what was done."),
    "both": ("数值与分子、分母只能填一种。", "Enter either a number or a part and a whole."),
    "fraction": ("分子、分母须为不小于零的整数，分母大于零，比率的分子不大于分母。", "A part of a whole cannot be so."),
    "size": ("数值过大，或小数超过四位。", "The number is too large, or has more than four decimals."),
    "done": ("完成情况应为是、部分完成或否。", "What was done is done, partly or not."),
    "share": ("得分率应在0至100之间，且与完成情况相符。", "The share must lie from 0 to 100 and fit what was done."),
    "counted": ("该指标的完成值由系统统计，不能填报。", "This indicator is counted from rows; nothing can be entered."),
    "basis": ("请写明数据来源或依据。", "Say what the number rests on."),
    "file_size": ("文件超过{most} MB。", "The file is larger than {most} MB."),
    "mail": ("不是完整的电子邮件（缺发件人或日期）。", "This is no whole e-mail: sender or date is missing."),
}
LONGEST_TITLE, LONGEST_SERIAL, LONGEST_LINK, LONGEST_REASON = 200, 60, 500, 500
_LINK = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
RESULTS = frozenset({"", "passed", "failed"})


class EvidenceError(RefusalError):
    """A piece of evidence cannot be taken so; ``str`` is the English sentence, ``zh`` the Chinese."""

    sentences = SENTENCES


@dataclass(frozen=True, slots=True)
class Facts:
    """A piece of evidence as it is to be. ``happened_on`` decides the year it counts for.

    ``received_on`` None means today. ``record`` names a row of another context: ``recording:5``. ``result`` is passed,
    failed, or nothing.
    """

    kind: str
    title: str
    happened_on: dt.date
    serial: str = ""
    result: str = ""
    received_on: dt.date | None = None
    link: str = ""
    record: str = ""


def checked(facts: Facts, *, today: dt.date, with_file: bool) -> Facts:
    """Return the facts tidied up, with the day they were received; EvidenceError says what to mend."""
    if facts.kind not in BY_CODE:
        raise EvidenceError("kind", kind=facts.kind)
    kind = BY_CODE[facts.kind]
    title, serial, link = facts.title.strip(), facts.serial.strip(), facts.link.strip()
    if not title or len(title) > LONGEST_TITLE:
        raise EvidenceError("title")
    if len(serial) > LONGEST_SERIAL:
        raise EvidenceError("serial")
    received = facts.received_on or today
    for day in (facts.happened_on, received):
        if day > today:
            raise EvidenceError("future", day=day.isoformat())
    if facts.result not in RESULTS:
        raise EvidenceError("result")
    if facts.result and not kind.judged:
        raise EvidenceError("not_judged", kind=kind.name)
    if link and (len(link) > LONGEST_LINK or not _LINK.fullmatch(link)):
        raise EvidenceError("link")
    if not (with_file or link or facts.record.strip() or serial):
        raise EvidenceError("no_proof")
    return Facts(facts.kind, title, facts.happened_on, serial, facts.result, received, link, facts.record.strip())


def checked_reason(text: str) -> str:
    """Return a reason that must be given."""
    clean = text.strip()
    if not clean or len(clean) > LONGEST_REASON:
        raise EvidenceError("reason")
    return clean
