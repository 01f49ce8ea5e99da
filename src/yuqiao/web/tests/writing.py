"""How each language is written here: one visible list of what must not stand in a text, each with its reason.

Every rule carries a text it refuses and one it accepts, so that the list itself is tested. Registers are the polite
ones of public services; an interpreter (speech) is never called a translator (writing).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_NARROW, _FIXED = "\u202f", "\u00a0"
_HAN = "\u3400-\u9fff\u3040-\u30ff"


@dataclass(frozen=True, slots=True)
class Rule:
    """``wrong`` must not be found in texts of ``codes`` (service languages, separated by blanks)."""

    codes: str
    wrong: str
    why: str
    refused: str
    accepted: str
    #: Whether it concerns signs that a short message does without (3GPP TS 23.038: they would halve its length).
    signs: bool = False

    def breaks(self, code: str, text: str) -> bool:
        """Return whether ``text`` in language ``code`` breaks this rule."""
        return code in self.codes.split() and re.search(self.wrong, text) is not None


ALL: Final = "zh en ja ko fr de ru es ar pt"
RULES: Final[tuple[Rule, ...]] = (
    Rule(ALL, r"^\s|\s$|  ", "no blanks around, none twice", "Oui ", "Oui"),
    Rule(ALL, r"\.\.\.|[\u200b\ufeff\ufffd]", "no row of points, nothing invisible", "Warten...", "Warten…"),
    # French: Imprimerie nationale, Lexique des règles typographiques.
    Rule("fr", rf"(?<!{_NARROW})[?!;]", "a narrow fixed blank before ? ! ;", "Où ?", f"Où{_NARROW}?", signs=True),
    Rule("fr", rf"(?<!{_FIXED}):(?!//)", "a fixed blank before the colon", "Ici :", f"Ici{_FIXED}:", signs=True),
    Rule("fr", rf"«(?!{_FIXED})|(?<!{_FIXED})»", "fixed blanks in quotes", "« a »", f"«{_FIXED}a{_FIXED}»"),
    Rule("fr", "'", "the apostrophe is ’", "l'appel", "l’appel", signs=True),
    Rule("fr", r"(?i)\b(tu|ton|ta|tes|toi)\b|\bt’", "vous, never tu", "Dis ton nom", "Dites votre nom"),
    Rule("fr", r"(?i)\btradu", "interprète", "un traducteur", "un interprète"),
    Rule("fr", r"(?i)\bmontre\w* (votre|leur|sa) langue", "a tongue", "Montrez votre langue", "Indiquez votre langue"),
    # German.
    Rule("de", r"\b(du|dein\w*|dir|dich|euch|euer)\b", "Sie, never du", "Sag deinen Namen", "Sagen Sie Ihren Namen"),
    Rule("de", r"(?i)übersetz", "Dolmetscher", "ein Übersetzer", "ein Dolmetscher"),
    Rule("de", r"[\"”«»]", "quotes are „ and “", '"Auf Abruf"', "„Auf Abruf“"),
    # Spanish: a question and an exclamation are opened as well as closed (RAE, Ortografía 3.4.9).
    Rule("es", r"^[^¿]*\?", "a question is opened by ¿", "Qué?", "¿Qué?"),
    Rule("es", r"^[^¡]*!", "an exclamation is opened by ¡", "Gracias!", "¡Gracias!"),
    Rule("es", r"(?i)\b(tú|tu|tus|te|ti|contigo|vosotros|vuestr\w+)\b", "usted", "Di tu nombre", "Diga su nombre"),
    Rule("es", r"(?i)\btraduc", "intérprete", "un traductor", "un intérprete"),
    # Portuguese, as in Macao and Portugal.
    Rule("pt", r"(?i)\b(tu|te|ti|teus?|tuas?|contigo|vocês?)\b", "third person", "Diz o teu nome", "Diga o seu nome"),
    Rule("pt", r"(?i)\btradu", "intérprete", "um tradutor", "um intérprete"),
    Rule(
        "pt",
        r"(?i)\blíngua(?! gestual)",
        "idioma: a língua is in the mouth",
        "Aponte a sua língua",
        "Aponte para o seu idioma",
    ),
    Rule("pt", r"(?i)\b(esta|a) ligação já não é válida", "a link", "Esta ligação já não é válida", "Este link"),
    # Russian.
    Rule("ru", r"(?i)\b(ты|тебя|тебе|тобой|тво[йяёи]|твоего)\b", "вы, never ты", "Твой язык", "Ваш язык"),
    Rule("ru", r"(?i)покажите (на )?(свой |ваш )?язык", "a tongue", "Покажите свой язык", "Укажите на свой язык"),
    Rule("ru", r"(?i)письменн", "устный перевод", "письменный переводчик", "устный переводчик"),
    Rule("ru", r"[\"“”]", "quotes are « and »", '"По вызову"', "«По вызову»"),
    # Arabic.
    Rule("ar", r"[?,;]", "its own ؟ ، ؛", "متى?", "متى؟"),
    Rule("ar", r"[\u0660-\u0669\u06f0-\u06f9]", "digits as on the keys of a phone", "اضغط ٨", "اضغط 8"),
    Rule("ar", r"[\u06a9\u06cc\u06be]", "Arabic letters, not Persian ones", "کتاب", "كتاب"),
    Rule(
        "ar",
        r"\b(شكرا|مرحبا|حسنا|جدا|قليلا|قريبا|فورا|أيضا|حالا|وقتا|رمزا|متصلا|صالحا|فارغا|موعدا|لاحقا|حاليا|بدءا)\b",
        "the accusative carries its tanwin",
        "شكرا لك",
        "شكرًا لك",
    ),
    Rule(
        "ar",
        r"خط الترجمة(?! الفورية)|(?<!\w)تحريري",
        "interpretation is الترجمة الفورية",
        "خط الترجمة",
        "خط الترجمة الفورية",
    ),
    # Chinese and Japanese.
    Rule("zh ja", rf"(?<=[{_HAN}])[,;:?!.()]|[,;:?!()](?=[{_HAN}])", "full-width signs", "您好,请", "您好，请"),
    Rule(
        "zh ja", rf"(?<=[{_HAN}]) (?=[{_HAN}A-Za-z0-9])|(?<=[A-Za-z0-9]) (?=[{_HAN}])", "no blank", "24 小时", "24小时"
    ),
    Rule("zh", r"翻译(人员|员|官)|笔译|传译员", "译员", "翻译人员正忙", "译员正忙"),
    Rule("zh", r"你(?!们)", "您", "请等你的译员", "请等您的译员"),
    Rule("ja", "翻訳", "通訳", "翻訳者", "通訳者"),
    Rule(
        "ja",
        r"(?<!ます)(?<!です)(?<!せん)(?<!でした)(?<!ました)(?<!ください)(?<!ますか)(?<!ですか)(?<!でしたか)"
        r"(?<!こんにちは)(?<![）}])。",
        "every sentence ends politely (敬体)",
        "通訳がいる。",
        "通訳がいます。",
    ),
    # Korean: 합니다체, and no blank before a bracket (국립국어원, 한글 맞춤법 부록).
    Rule(
        "ko", r"(?<!안녕하)(세요|어요|아요|해요|지요|죠)(?=[.,?!]|$)", "합니다체", "기다려 주세요.", "기다려 주십시오."
    ),
    Rule("ko", "번역", "통역", "번역사", "통역사"),
    Rule("ko", r" \(|[，。？！：（）]", "brackets follow at once, signs are half-width", "이름 (선택)", "이름(선택)"),
    # English.
    Rule("en", r"(?i)\btranslator|\btranslation\b", "interpreter", "a translator", "an interpreter"),
)

#: What must not stand in the office's Chinese: (pattern, why).
OFFICE: Final[tuple[tuple[str, str], ...]] = (
    (rf"(?<=[{_HAN}])[,;:?!()]|[,;:?!()](?=[{_HAN}])", "signs are full-width"),
    (r"……|\.\.\.", "what leads further ends with one …"),
    (rf"[{_HAN}][A-Za-z0-9]|(?<!\))[A-Za-z0-9][{_HAN}]", "a blank beside Latin letters and digits"),
    (r"坐席(?!同机| SIP)", "the person is 话务员"),
    (r"(?<!现场)(?<!值班)主管(?!部门|主任)", "现场主管, or 值班主管 on duty"),
    (r"闭音|末日|翻译人员|口译员|翻译员|传译", "静音, 截止日, 译员"),
    (r"你(?!们)", "您"),
)
#: One thing has one name on all pages of the office: English word -> what stands in the Chinese (design: words).
TERMS: Final[dict[str, str]] = {
    "hotline agents?": "话务员",
    "interpreters?": "译员",
    "work orders?": "工单",
    "callbacks?": "回访",
    "incidents?": "重大事项",
    "supervisors?": "现场主管",
    "floor manager": "值班主管",
    "emergency mode": "应急模式",
    "service hours": "服务时段",
    "calling lists?": "随访名单",
    "wrap-ups?": "话后",
    "violations?": "违规",
    "recordings?": "录音",
    "self-evaluations?": "自评",
    "deviations?": "偏差",
    "second factor": "第二因素",
    "passkeys?": "通行密钥",
    "recovery codes?": "恢复码",
    "callers?": "来电人",
    "partner lines?": "联动线路",
    "headset": "耳麦",
    "acceptance": "验收",
    "settlements?": "结算",
}


def misnamed(english: str, chinese: str) -> Iterator[str]:
    """Yield each term of `TERMS` that the English has and the Chinese calls otherwise."""
    for word, name in TERMS.items():
        if re.search(rf"(?i)\b{word}\b", english) and name not in chinese:
            yield name


def broken(code: str, text: str, *, message: bool = False) -> Iterator[str]:
    """Yield the reason of each rule that ``text`` breaks; ``message``: it is a short message."""
    for rule in RULES:
        if rule.breaks(code, text) and not (message and rule.signs):
            yield rule.why


#: What may end a text whose English ends so; "" is no such sign at all.
_ENDS: Final = {".": ".。", "?": "?？؟", "!": "!！", ":": ":："}
_CLOSING: Final = "".join(_ENDS.values())


def ends_alike(english: str, text: str) -> bool:
    """Return whether ``text`` ends as the English does: with a stop, a question mark, a colon, or with none of them."""
    sign = english[-1] if english[-1] in _ENDS else ""
    if not sign:
        return text[-1] not in _CLOSING
    return text[-1] in _ENDS[sign] or (sign == "?" and text.endswith("か。"))
