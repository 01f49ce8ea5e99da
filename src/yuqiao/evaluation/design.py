"""How well an indicator is designed: whether it can be judged at all. Pure; for audits of forms and for plans alike."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from yuqiao.evaluation.schemes import Scheme
from yuqiao.evaluation.targets import read_day

#: Words that make a clause a task of its own.
TASKS = ("完成", "制作", "组织", "提交", "编制", "编写", "开展", "举办", "印发", "召开", "建立", "开通", "发布")
#: Words that say what a task is for; where there is no task, each is a wish of its own.
WISHES = (
    "提升",
    "提高",
    "加强",
    "促进",
    "推动",
    "推进",
    "优化",
    "完善",
    "增强",
    "改善",
    "强化",
    "深化",
    "营造",
    "扩大",
)
#: Words that show that something has to be handed in or done by a day.
TIMELY = ("时效", "及时", "按时", "月底前", "月前", "日前", "年底前")
#: No name is longer; what is, is compared by its beginning.
LONG = 200
_BREAK = re.compile(r"[，、；;,]|以及|并且|(?<=[完次期份])并")
_DAY = re.compile(r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底|末|份)?(?:之?前|以前)|(?:\d{4}年)年?底前")


def tasks(name: str) -> tuple[str, ...]:
    """Return the tasks that one indicator's name holds, if it holds several: such a one must be split (S126).

    ``完成视频，完成纠错`` are two; ``开展培训，提升水平`` is one with its purpose; three wishes are three.
    """
    clauses = [one.strip() for one in _BREAK.split(name)]
    done = tuple(one for one in clauses if any(word in one for word in TASKS))
    found = done or tuple(one for one in clauses if one.startswith(WISHES))
    return found if len(found) > 1 else ()


def missing_categories(level2: Iterable[str], scheme: Scheme) -> tuple[str, ...]:
    """Return the second-level categories that a scheme wants and a form has not (S136)."""
    present = "".join(level2)
    return tuple(one for one in scheme.categories if one.removesuffix("指标") not in present)


def day_in_name(name: str, year: int | None) -> dt.date | None:
    """Return the deadline that stands in an indicator's name (7月底前…), where it belongs into the target (S134)."""
    found = _DAY.search(name)
    return None if found is None else read_day(found.group(), year)


def names_a_day(name: str) -> bool:
    """Whether a deadline stands in an indicator's name."""
    return _DAY.search(name) is not None


def without_day(name: str) -> str:
    """Return a name without the deadline in it."""
    return _DAY.sub("", name)


def is_timely(level2: str, name: str) -> bool:
    """Whether an indicator asks for something by a day, so that the first hand-in must be known (S127, S134)."""
    return level2.startswith("时效") or any(word in name for word in TIMELY)


def common(one: str, other: str) -> str:
    """Return the longest piece of text that the beginnings of two names share."""
    one, other, best = one[:LONG], other[:LONG], ""
    for begin in range(len(one)):
        while one[begin : begin + len(best) + 1] in other and begin + len(best) < len(one):
            best = one[begin : begin + len(best) + 1]
    return best
