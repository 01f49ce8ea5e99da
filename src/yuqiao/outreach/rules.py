"""What may be said of activities, videos and honours (S66–S73). Pure."""

from __future__ import annotations

import datetime as dt

from yuqiao.lib.refusal import RefusalError, Sentences

#: Code -> what a person reads (Chinese, English); fields in braces are filled in.
SENTENCES: Sentences = {
    "text": ("请填写{what}（不超过{most}字）。", "Fill in {what} with at most {most} signs."),
    "kind": ("没有活动类别“{kind}”。", "There is no activity of kind {kind}."),
    "future": ("日期{day}尚未到来。", "The day {day} is yet to come."),
    "state": ("活动当前为“{state}”，不能这样操作。", "The activity is {state}; this cannot be done now."),
    "reason": ("请写明理由（不超过500字）。", "Give the reason in at most 500 signs."),
    "link": ("链接应以http://或https://开头，不超过500字。", "A link begins with http:// or https://."),
    "broadcast": ("视频已于{day}首次播出。", "The video was first broadcast on {day} already."),
    "before_made": ("播出日期早于制作完成日期{day}。", "A video is made ({day}) before it is broadcast."),
    "length": ("时长、播放量须为正数。", "Length and views are more than nothing."),
    "withdrawn": ("该记录已撤回。", "This was withdrawn already."),
}
LONGEST_REASON, LONGEST_LINK = 500, 500


class OutreachError(RefusalError):
    """An activity, a video or an honour cannot be so; ``str`` is the English sentence, ``zh`` the Chinese."""

    sentences = SENTENCES


def check_text(text: str, what: str, most: int = 200) -> str:
    """Return a text that must be there, without white space around it."""
    clean = text.strip()
    if not clean or len(clean) > most:
        raise OutreachError("text", what=what, most=most)
    return clean


def check_reason(text: str) -> str:
    """Return a reason that must be given."""
    clean = text.strip()
    if not clean or len(clean) > LONGEST_REASON:
        raise OutreachError("reason")
    return clean


def check_link(text: str) -> str:
    """Return a link, or nothing."""
    clean = text.strip()
    if clean and (len(clean) > LONGEST_LINK or not clean.lower().startswith(("http://", "https://"))):
        raise OutreachError("link")
    return clean


def check_past(day: dt.date, today: dt.date) -> dt.date:
    """Return a day that is not yet to come."""
    if day > today:
        raise OutreachError("future", day=day.isoformat())
    return day


def check_count(number: int | None) -> int | None:
    """Return a number that is more than nothing, or None."""
    if number is not None and number <= 0:
        raise OutreachError("length")
    return number
