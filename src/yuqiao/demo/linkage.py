"""The sample city's linkage in the sizes of the source: 104 lines, 89 of them merged, 181 departments (S33–S35).

The lines the demonstration calls are in `cast`; here are the other government lines and the departments. Their names
and numbers are invented, since the source gives counts only. 999 is Beijing's (S25): in the registry, not of the 104.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.db import models

from yuqiao.accounts.models import Department, District
from yuqiao.demo.cast import BESIDE_PREFIX, DEPARTMENTS, DISTRICTS, LINES, OWN_LINE
from yuqiao.hotline.models import Agreement, DialledNumber, Line, LineClass, WayIn

HUB: Final = "12345"
NOT_LINKED: Final = frozenset({"999", OWN_LINE})
MERGED_FROM: Final = dt.date(2021, 1, 1)
SIGNED_ON: Final = dt.date(2021, 1, 1)

#: What each district has a line, a bureau and a service centre for: code, Chinese, English.
TOPICS: Final = (
    ("education", "教育", "Education"),
    ("science", "科技创新", "Science and innovation"),
    ("industry", "工业和信息化", "Industry"),
    ("civil", "民政", "Civil affairs"),
    ("labour", "人力资源和社会保障", "Labour and social security"),
    ("land", "规划和自然资源", "Land and planning"),
    ("ecology", "生态环境", "Ecology"),
    ("housing", "住房和建设", "Housing"),
    ("transport", "交通运输", "Transport"),
    ("water", "水务", "Water"),
    ("farming", "农业农村", "Farming"),
    ("commerce", "商务", "Commerce"),
    ("tourism", "文化和旅游", "Culture and tourism"),
    ("health", "卫生健康", "Health"),
    ("veterans", "退役军人事务", "Veterans"),
    ("safety", "应急管理", "Emergency management"),
    ("market", "市场监督管理", "Market supervision"),
    ("sports", "体育", "Sports"),
    ("statistics", "统计", "Statistics"),
    ("insurance", "医疗保障", "Medical insurance"),
    ("city", "城市管理", "City management"),
    ("tax", "税务", "Tax"),
)
#: City-wide lines beside 12345, and whether they are merged into it.
CITY_LINES: Final = (
    ("88400", "住房公积金热线", "Housing fund", True),
    ("88401", "出入境服务热线", "Exit and entry", False),
    ("88402", "消费维权热线", "Consumers' rights", False),
    ("88403", "公共卫生热线", "Public health", False),
)
#: Departments of `cast` that are among the 181; the others there are the platform's own offices.
LINKED_OFFICES: Final = ("command-centre", "foreigners-service", "health-centre", "street-office")
CITY_HALL: Final = ("city-services", "市政务服务中心", "City service centre")


def departments() -> list[tuple[str, str, str, str]]:
    """Return the departments beside those of `cast`: code, Chinese name, English name, district's code."""
    found = [(*CITY_HALL, "")]
    for district, zh, en in DISTRICTS:
        for topic, topic_zh, topic_en in TOPICS:
            code = f"{district.lower()}-{topic}"
            found.append((code, f"{zh}{topic_zh}局", f"{en} {topic_en} bureau", district))
            found.append((f"{code}-hall", f"{zh}{topic_zh}服务中心", f"{en} {topic_en} service centre", district))
    return found


def lines() -> list[tuple[str, str, str, str, bool]]:
    """Return the government lines beside those of `cast`: number, Chinese, English, owner's code, whether merged."""
    found = [(number, zh, en, CITY_HALL[0], merged) for number, zh, en, merged in CITY_LINES]
    for place, (district, zh, en) in enumerate(DISTRICTS):
        for number, (topic, topic_zh, topic_en) in enumerate(TOPICS, 88411 + 30 * place):
            owner = f"{district.lower()}-{topic}"
            found.append((str(number), f"{zh}{topic_zh}热线", f"{en} {topic_en}", owner, True))
    return found


def write() -> None:
    """Write all of it, after the city's own lines and districts; doing it twice changes nothing."""
    districts = dict(District.objects.values_list("code", "pk"))
    _put(
        [
            Department(code=code, name_zh=zh, name_en=en, district_id=districts.get(district))
            for code, zh, en, district in departments()
        ],
        "code",
    )
    offices = dict(Department.objects.values_list("code", "pk"))
    _lines(offices)
    served = {code: HUB for code, *_rest in departments()} | dict.fromkeys(LINKED_OFFICES, HUB)
    served |= {"command-centre": "110"}
    numbers = dict(Line.objects.values_list("number", "pk"))
    _put(
        [
            Agreement(line_id=numbers[number], department_id=offices[code], signed_on=SIGNED_ON)
            for code, number in served.items()
        ],
        "line",
        "department",
    )


def _lines(offices: dict[str, int]) -> None:
    hub = Line.objects.get(number=HUB)
    _put(
        [
            Line(
                number=number,
                name_zh=zh,
                name_en=en,
                line_class=LineClass.GOVERNMENT,
                owner_id=offices[owner],
                merged_into=hub if merged else None,
                merged_from=MERGED_FROM if merged else None,
            )
            for number, zh, en, owner, merged in lines()
        ],
        "number",
    )
    Line.objects.filter(number=HUB).update(owner_id=offices[CITY_HALL[0]])
    Line.objects.filter(number="110").update(owner_id=offices["command-centre"])
    Line.objects.filter(number=OWN_LINE).update(owner_id=offices["hotline-centre"])
    Line.objects.filter(number__in=NOT_LINKED).update(linked=False)
    alone = Line.objects.filter(number__in=[number for number, *_rest, merged in lines() if not merged])
    _put(
        [DialledNumber(number=BESIDE_PREFIX + line.number, line=line, way_in=WayIn.BESIDE_AGENT) for line in alone],
        "number",
    )


def _put(rows: Sequence[models.Model], *key: str) -> None:
    """Insert rows, or update those of the same key, in one statement."""
    model = type(rows[0])
    others = [field.name for field in model._meta.concrete_fields if not field.primary_key and field.name not in key]
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=key, update_fields=others)


assert len(departments()) + len(LINKED_OFFICES) == 181  # noqa: S101 (the source's count)
assert len(lines()) + sum(line.number not in NOT_LINKED for line in LINES) == 104  # noqa: S101
assert set(LINKED_OFFICES) <= {code for code, *_rest in DEPARTMENTS}  # noqa: S101
