"""Counts: languages, lines, what is listed, parts and wholes, what is counted twice (S29, S123, S137)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from yuqiao.evaluation.amounts import plain
from yuqiao.evaluation.contradictions.finding import BEFORE, Finding, Place, Register, Report, outside, place
from yuqiao.evaluation.passages import Passage
from yuqiao.evaluation.quantities import Quantity, quantities

#: What a language is called in such texts: its short form, and the rest of its name.
LANGUAGES = {short: f"{short}[语文]" for short in "英法德俄日韩泰粤"} | {
    "西": "西班牙语|西语|西文",
    "葡": "葡萄牙语|葡语|葡文",
    "阿": "阿拉伯语|阿语|阿文",
    "意": "意大利语|意语|意文",
    "越": "越南语|越语",
    "中": "中文|汉语|普通话",
    "印尼": "印度?尼(?:西亚)?语",
    "马": "马来语",
    "朝": "朝鲜语",
    "波": "波斯语",
    "土": "土耳其语",
    "印": "印地语",
    "乌": "乌尔都语",
    "老": "老挝语",
    "柬": "柬埔寨语|高棉语",
    "缅": "缅甸语",
    "荷": "荷兰语",
    "斯": "斯瓦希里语",
    "蒙": "蒙古?语",
    "哈": "哈萨克语",
    "乌克": "乌克兰语",
}
SHORT = "英法德俄日韩葡泰越西阿意中粤马朝波土印乌老柬缅荷蒙哈"
_LANGUAGE = {code: re.compile(pattern) for code, pattern in LANGUAGES.items()}
#: 英、法、德、俄 or 日韩 before 语: short forms that share one ending.
_SHORTS = re.compile(rf"[{SHORT}](?:、[{SHORT}])+(?=等?(?:\d+|[一二三四五六七八九十]+)?个?(?:种|国)?语)")
_PAIR = re.compile(rf"(?<!其)([{SHORT}])([{SHORT}])语")
_OF_LANGUAGES = re.compile(r"(?:外国?)?(?:语言|语种|外语)")
_WITHIN = re.compile(r"[（(]([^（）()]*)[)）]")
_NO_LIST = re.compile(r"包含|包括|^含|其中|不含|即|如|详见")
OPEN = "等"


def _names(text: str) -> set[str]:
    """Return the languages a text names."""
    found = {code for code, pattern in _LANGUAGE.items() if pattern.search(text)}
    for one in _SHORTS.finditer(text):
        found |= set(one[0]) - {"、"}
    for pair in _PAIR.finditer(text):
        found |= {pair[1], pair[2]}
    return found


def _language_counts(text: str) -> list[Quantity]:
    return [
        one
        for one in quantities(text)
        if one.unit == "语种" or (one.unit in {"种", "国", "个", "门"} and _OF_LANGUAGES.match(text, one.end))
    ]


def language_counts(report: Report, register: Register) -> Iterator[Finding]:
    """A count of languages against those listed beside it, or against the register (S29)."""
    for passage in report:
        base = 0
        for sentence in passage.sentences:
            earlier: list[Quantity] = []
            for one in _language_counts(sentence):
                where = place(passage, base + one.start, base + one.end)
                beside, told = _beside(sentence, earlier, one)
                earlier.append(one)
                if told and one.value not in beside:
                    said = f"写的是{plain(one.value)}种语言，文中列出的是{beside[0]}种。"
                    yield Finding("languages", said, where, Place(passage.title, told[-QUOTED:]))
                elif register.languages is not None and one.value > register.languages:
                    said = f"写的是{plain(one.value)}种语言，登记的服务语言为{register.languages}种。"
                    yield Finding("languages-register", said, where, Place("服务语言", f"{register.languages}种"))
            base += len(sentence)


QUOTED = 80
_OPEN_LIST = re.compile(r"等(?:\d+|[一二三四五六七八九十]+)个?(?:种|国)?语")


def _beside(sentence: str, earlier: list[Quantity], count: Quantity) -> tuple[tuple[int, ...], str]:
    """Return how many languages the list of a count may hold, and the words of that list ("" if there is none).

    The list stands in brackets behind it, or before it: in its clause, since the last count, or in the whole sentence
    (共三国语言的…外，还提供…，共九种语言); or earlier counts add up to it. An open list (英、法等9种语言) says nothing.
    """
    noun = _OF_LANGUAGES.match(sentence, count.end)
    brackets = _WITHIN.match(sentence, noun.end() if noun else count.end)
    if brackets and not _NO_LIST.search(brackets[1]):
        size = len(_names(brackets[1]))
        return (size,), "" if OPEN in brackets[1] or size < 2 else brackets[1]
    before = sentence[: count.start]
    since = before[earlier[-1].end if earlier else 0 :]
    sizes = [len(_names(one)) for one in (before, since, before.rpartition("，")[2])]
    if len(earlier) > 1:
        sizes.append(int(sum(one.value for one in earlier)))
    is_open = OPEN in before[-3:] or (len(earlier) == 1 and _OPEN_LIST.search(before))
    return tuple(sizes), "" if is_open or sizes[0] < 2 else before


#: Service numbers of the mainland: emergency, government 12xxx, carriers and banks 95xxx, 96xxx(x), post and railway.
_NUMBER = r"(?<!\d)(?:110|119|120|122|999|1\d{4}|95\d{3}|96\d{3,4})(?!\d)(?!条|通|个|次|家|万|元|%|份|人|年)"
LINE = re.compile(_NUMBER)
_CALLED = re.compile(r"^(?:相继)?(?:联动)?([\u4e00-\u9fff]{4,20}?)(?:客服|服务)?热线")
_ITEM = rf"[^、，。；：（）()]{{0,14}}?{_NUMBER}[^、，。；：（）()]{{0,8}}|[\u4e00-\u9fff]{{2,14}}热线"
_LIST = re.compile(rf"(?:{_ITEM})(?:、(?:{_ITEM}))+")
_CLASS = re.compile(r"\d+条[（(]$|紧急[^，。；]{0,6}[（(]?$")


def _lists(report: Report) -> Iterator[tuple[Passage, int, int, frozenset[str]]]:
    for passage in report:
        for one in _LIST.finditer(passage.text):
            members = {found[0] for found in LINE.finditer(one[0])}
            if len(members) < 2:
                continue
            for item in one[0].split("、"):
                named = None if LINE.search(item) else _CALLED.match(item)
                if named:
                    members.add(named[1])
            yield passage, one.start(), one.end(), frozenset(members)


def line_lists(report: Report, register: Register) -> Iterator[Finding]:
    """A closed list of the lines served, while another passage names more of them (S137).

    Closed is a list that does not end in 等 and is not that of one class (紧急服务热线3条（…）).
    """
    found = list(_lists(report))
    for passage, start, end, members in found:
        text = passage.text
        if OPEN in text[end - 8 : end + 2] or _CLASS.search(text[max(0, start - BEFORE) : start]):
            continue
        for other, begin, stop, others in found:
            if others & members and others - members:
                more = "、".join(sorted(others - members))
                said = f"此处只列{'、'.join(sorted(members))}，另一处还有{more}；应列全，或写“等”。"
                yield Finding("lines", said, place(passage, start, end), place(other, begin, stop))
    if not register.lines:
        return
    for passage, start, end, members in found:
        unknown = sorted(one for one in members if one.isdecimal() and one not in register.lines)
        if unknown:
            said = f"线路登记表中没有{'、'.join(unknown)}。"
            yield Finding("lines-register", said, place(passage, start, end), Place("线路登记表", "无此线路"))


HEADS = "部门|单位|机构|热线|线路|窗口|街道|社区|网站|企业|场所|标识|视频|活动|人次"
_AFTER = re.compile(rf"[\u4e00-\u9fff、]{{1,14}}?(?:{HEADS})")
_BEFORE = re.compile(rf"((?:[\u4e00-\u9fff]){{2,16}}(?:{HEADS}))数?量?(?:（[^）]*）)?(?:为|是|共|达|：)?$")
_VERB = re.compile(r".*(?:其中|覆盖|联动|接入|连接|服务于|涉及|包括|包含|完成|开展|组织|全市|已与|和)")
#: Small numbers coincide by chance.
SMALLEST_COINCIDENCE = 20


def _counted(report: Report) -> Iterator[tuple[Passage, Quantity, str]]:
    """Every count with the name of what is counted, before or behind it."""
    for passage in report:
        for one in quantities(passage.text):
            if not one.unit or one.unit in {"%", "年", "月", "日", "元", "万元", "小时"}:
                continue
            after = _AFTER.match(passage.text, one.end)
            before = _BEFORE.search(passage.text[max(0, one.start - BEFORE) : one.start])
            if after:
                yield passage, one, after[0]
            elif before:
                yield passage, one, _VERB.sub("", before[1]) or before[1]


def counted_twice(report: Report, _register: Register) -> Iterator[Finding]:
    """One number for two differently named sets (181家, 181个), or two numbers for one name (S35, S137)."""
    found = list(_counted(report))
    for place_of, (passage, one, name) in enumerate(found):
        for other, two, second in found[place_of + 1 :]:
            same, alike = one.value == two.value, name[-2:] == second[-2:]
            here, there = place(passage, one.start, one.end), place(other, two.start, two.end)
            if same and alike and name != second and one.value >= SMALLEST_COINCIDENCE:
                said = f"同为{plain(one.value)}，一处是“{name}”，一处是“{second}”，应统一口径。"
                yield Finding("defined-twice", said, here, there)
            elif name == second and not same and len(name) > 4 and passage is not other:
                said = f"“{name}”一处为{plain(one.value)}，一处为{plain(two.value)}。"
                yield Finding("two-counts", said, here, there)


LISTED = {"条", "家", "个", "项", "类", "种", "语种", "所", "处", "部", "国", "名", "场"}


def listed(report: Report, _register: Register) -> Iterator[Finding]:
    """A count against what its brackets list: 3条（110、119、120）."""
    for passage in report:
        for one in quantities(passage.text):
            brackets = _WITHIN.match(passage.text, one.end)
            if brackets is None or one.unit not in LISTED or one.about:
                continue
            items = brackets[1].split("、")
            if len(items) < 2 or brackets[1].endswith(OPEN) or _NO_LIST.search(brackets[1]) or "，" in brackets[1]:
                continue
            if one.value != len(items):
                said = f"写的是{plain(one.value)}{one.unit}，列出的是{len(items)}{one.unit}。"
                yield Finding("listed", said, place(passage, one.start, brackets.end()))


def sums(report: Report, _register: Register) -> Iterator[Finding]:
    """A whole against its parts: 104条，其中3条，93条，8条; and what is left over (S123)."""
    for passage in report:
        base = 0
        for sentence in passage.sentences:
            yield from _parts(passage, sentence, base)
            yield from _rest(passage, sentence, base)
            base += len(sentence)


def _parts(passage: Passage, sentence: str, base: int) -> Iterator[Finding]:
    bare = outside(sentence)
    begin = bare.find("其中")
    if begin < 0 or _REST.search(bare):
        return
    found = quantities(bare)
    parts = [one for one in found if one.start > begin]
    wholes = [one for one in found if one.start < begin and parts and one.unit == parts[0].unit and one.unit]
    if not wholes or parts[0].unit == "%":
        return
    whole = wholes[0]
    same = [one for one in parts if one.unit == whole.unit]
    added = sum((one.value for one in same), Decimal(0))
    complete = len(same) >= 3 and OPEN not in bare[begin:]
    if added > whole.value or (complete and added != whole.value):
        said = f"其中各项之和为{plain(added)}，合计写的是{plain(whole.value)}。"
        here, there = (place(passage, base + one.start, base + one.end) for one in (whole, same[0]))
        yield Finding("sum", said, here, there)


_REST = re.compile(r"(?:其余|剩余|另外|尚有|余下)(?:的)?")


def _rest(passage: Passage, sentence: str, base: int) -> Iterator[Finding]:
    found = quantities(sentence)
    for at, rest in enumerate(found):
        if at < 2 or not _REST.search(sentence[max(0, rest.start - 4) : rest.start]):
            continue
        before = [one for one in found[:at] if one.unit == rest.unit]
        if len(before) == 2 and before[0].value - before[1].value != rest.value:
            left = plain(before[0].value - before[1].value)
            said = f"{plain(before[0].value)}减{plain(before[1].value)}余{left}，写的是{plain(rest.value)}。"
            yield Finding("rest", said, place(passage, base + before[0].start, base + rest.end))
