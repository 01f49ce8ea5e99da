"""The sample city's people and lines: plain data. Names, numbers and departments are invented; lines are those of the
source documents (S25, S33, S34), the health station's short code is made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yuqiao.demo.hearing import tone_plan
from yuqiao.languages.catalogue import BY_CODE, FOREIGN

OWN_LINE: Final = "960169"
#: Prefixes under which partner lines dial us: the caller beside the agent (a), the caller transferred (b).
BESIDE_PREFIX, TRANSFER_PREFIX = "71", "72"


@dataclass(frozen=True, slots=True)
class CityLine:
    """A hotline number; ``line_class`` as in hotline.models.LineClass."""

    number: str
    zh: str
    en: str
    line_class: str
    priority: int

    @property
    def desk(self) -> str:
        """User part of the SIP URI at which its agents are rung; our own line has none."""
        return "" if self.number == OWN_LINE else f"desk-{self.number}"


LINES: Final = (
    CityLine("110", "公安报警", "Police", "emergency", 100),
    CityLine("119", "消防救援", "Fire and rescue", "emergency", 100),
    CityLine("120", "医疗急救", "Medical emergency", "emergency", 100),
    CityLine("999", "红十字会急救", "Red Cross emergency", "emergency", 100),
    CityLine("12345", "政务服务便民热线", "City government line", "government", 20),
    CityLine("12348", "公共法律服务", "Legal advice", "public", 10),
    CityLine("96158", "白云机场服务", "Airport", "public", 10),
    CityLine("11185", "中国邮政速递", "Postal express", "public", 10),
    CityLine("12306", "铁路客户服务", "Railways", "public", 10),
    CityLine("96891", "地铁服务", "Metro", "public", 10),
    CityLine("88321", "国际健康驿站", "International health station", "public", 10),
    CityLine("95017", "微信支付客服", "WeChat Pay", "public", 10),
    CityLine("95188", "支付宝客服", "Alipay", "public", 10),
    CityLine(OWN_LINE, "多语种公共服务平台", "City interpretation line", "own", 20),
)


def dialled(line: str, way: str, language: str = "") -> str:
    """Return the number to dial: ``way`` a, b or c; with ``language``, the number that tells us the language.

    A partner's number is prefix + line, and 0 + the language's key where it tells the language.
    """
    digit = BY_CODE[language].digit if language else ""
    if way == "c":
        return line + digit
    prefix = BESIDE_PREFIX if way == "a" else TRANSFER_PREFIX
    return prefix + line + (f"0{digit}" if digit else "")


@dataclass(frozen=True, slots=True)
class CityInterpreter:
    """An interpreter: ``number`` is also the user part of her phone's SIP URI."""

    number: str
    name: str
    language: str
    tier: str
    level: int
    on_duty: bool = True


INTERPRETERS: Final = (
    CityInterpreter("1001", "林晓雯", "en", "resident", 3),
    CityInterpreter("1002", "陈思远", "en", "resident", 2),
    CityInterpreter("1003", "何嘉怡", "en", "resident", 2),
    CityInterpreter("1004", "黄子谦", "en", "resident", 1),
    CityInterpreter("2001", "苏明月", "ja", "resident", 3),
    CityInterpreter("2002", "叶知秋", "ja", "resident", 2),
    CityInterpreter("3001", "金秀妍", "ko", "resident", 2),
    CityInterpreter("3002", "朴志勋", "ko", "remote", 1),
    CityInterpreter("4001", "沈若兰", "fr", "remote", 2),
    CityInterpreter("4002", "罗一鸣", "fr", "remote", 2),
    CityInterpreter("5001", "韩立德", "de", "remote", 2),
    CityInterpreter("5002", "冯安娜", "de", "remote", 2),
    CityInterpreter("6001", "马克辛", "ru", "remote", 2),
    CityInterpreter("7001", "白露莎", "es", "remote", 2),
    CityInterpreter("8001", "马雅心", "ar", "remote", 2),
    CityInterpreter("9001", "区若瑟", "pt", "remote", 2),
)
#: Off shift: nobody plays them, they are rung only at weekends' evenings, when all others are on calls (S49).
RESERVES: Final = (
    CityInterpreter("1005", "杨若溪", "en", "resident", 2, on_duty=False),
    CityInterpreter("2003", "唐一诺", "ja", "volunteer", 1, on_duty=False),
    CityInterpreter("3003", "南宫敏", "ko", "neighbour", 2, on_duty=False),
)
#: Gender and domains of some of them, for callers and lines that ask.
PROFILES: Final = {
    "1001": ("f", ("medical", "police")),
    "1002": ("m", ("legal",)),
    "1003": ("f", ("medical",)),
    "2001": ("f", ("medical",)),
    "3001": ("f", ("police",)),
    "3002": ("m", ()),
    "4001": ("f", ("legal",)),
    "6001": ("m", ("police",)),
}
#: Alone of her tier, so that an emergency line rings her first and her killed phone is missed.
#: The interpreter whose phone is a process of its own, so that it can be killed.
MORTAL: Final = "3001"


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who signs in at the page: one for each role."""

    username: str
    name: str
    role: str
    department: str = ""
    line: str = ""


LOGINS: Final = (
    Login("supervisor", "周静", "supervisor", "hotline-centre"),
    Login("interpreter", "林晓雯", "interpreter", "hotline-centre"),
    Login("agent", "吴海", "agent", "command-centre", "110"),
    Login("clerk", "郑立", "clerk", "foreigners-service"),
    Login("collector", "孙悦", "collector", "signs-office"),
    Login("expert", "许文博", "expert", "signs-office"),
    Login("supplier", "梁国栋", "supplier_manager", "supplier"),
    Login("project", "赵一凡", "project_manager", "foreign-affairs"),
    Login("auditor", "钱敏", "auditor", "audit"),
    Login("administrator", "李想", "administrator", "foreign-affairs"),
)

DISTRICTS: Final = (
    ("D01", "江东区", "Jiangdong"),
    ("D02", "云麓区", "Yunlu"),
    ("D03", "南屏区", "Nanping"),
    ("D04", "海珠湾区", "Haizhuwan"),
)
#: code, Chinese name, English name, district, parent
DEPARTMENTS: Final = (
    ("foreign-affairs", "市外事办公室", "Foreign Affairs Office", "", ""),
    ("signs-office", "外语标识工作组", "Signs team", "", "foreign-affairs"),
    ("hotline-centre", "多语种服务中心", "Interpretation centre", "", "foreign-affairs"),
    ("audit", "市审计组", "Audit team", "", ""),
    ("supplier", "译通服务公司（示例）", "Supplier (sample)", "", ""),
    ("command-centre", "市公安局指挥中心", "Police command centre", "", ""),
    ("foreigners-service", "江东区外国人服务站", "Foreigners' service station", "D01", ""),
    ("health-centre", "云麓区疾控中心", "Disease control centre", "D02", ""),
    ("street-office", "南屏区街道办事处", "Sub-district office", "D03", ""),
)


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who speaks in the demo: ``role`` as in hotline.models.LegRole; ``tone`` in Hz is theirs alone."""

    key: str
    role: str
    language: str
    tone: float
    number: str


def _personas() -> dict[str, Persona]:
    """Return everybody who may speak, by key: interpreters, the callers c01…, agents beside callers, desks."""
    parts = [(one.number, "interpreter", one.language, one.number) for one in INTERPRETERS]
    parts += [(f"caller-{n:02d}", "caller", language, f"1390000{n:04d}") for n, language in enumerate(CALLERS, 1)]
    parts += [(f"agent-{line}", "agent", "zh", f"900{line}") for line in BESIDE_LINES]
    parts += [(f"desk-{line}", "agent", "zh", f"desk-{line}") for line in DESKS]
    tones = tone_plan(len(parts))
    return {part[0]: Persona(part[0], part[1], part[2], tone, part[3]) for part, tone in zip(parts, tones, strict=True)}


#: The language each simulated caller speaks.
CALLERS: Final = (
    "en", "ko", "fr", "de", "ru", "ja", "es", "ar", "pt", "pt", "en", "ja", "en", "en", "fr", "en",
)  # fmt: skip
#: Lines whose agents call with the caller beside them, and lines whose agents are rung.
BESIDE_LINES: Final = ("110", "12345", "96158", "88321")
DESKS: Final = ("119", "120", "999", "12345", "12306", "12348")
PERSONAS: Final = _personas()
TONES: Final = tuple(one.tone for one in PERSONAS.values())

assert set(CALLERS) <= set(FOREIGN)  # noqa: S101 (data must fit the catalogue)
