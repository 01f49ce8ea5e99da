"""The words of an interpreter's briefing: what it is made of, and what is spoken for each. Pure data.

Interpreters hear Chinese, so these prompts are spoken in Chinese alone: ``yuqiao/zh/<name>.wav``.
"""

from __future__ import annotations

from typing import Final

from yuqiao.languages.catalogue import FOREIGN, get

#: The name of the prompt as a whole.
BRIEFING: Final = "briefing"
#: A telephone says 1 as 幺, so that it is not taken for 7.
DIGITS: Final = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
#: Numbers that everybody in the country knows: said in a word instead of digit by digit.
LINES: Final = {"110": "报警", "119": "火警", "120": "急救", "122": "交通事故", "999": "急救", "12345": "市民热线"}
DOMAINS: Final = {"medical": "医疗", "police": "警务", "legal": "法律", "rescue": "救援"}
SPOKEN: Final[dict[str, dict[str, str]]] = {
    **{f"language_{code}": {"zh": get(code).zh} for code in FOREIGN},
    **{f"domain_{code}": {"zh": word} for code, word in DOMAINS.items()},
    **{f"line_{number}": {"zh": word} for number, word in LINES.items()},
    **{f"digit_{digit}": {"zh": word} for digit, word in DIGITS.items()},
}
#: Longer numbers are nobody's line; saying them would take longer than it helps.
LONGEST: Final = 6


def words(language: str, domain: str, line: str) -> tuple[str, ...]:
    """Return the names of the prompts, the most useful first: she may hear the beginning only."""
    known = [name for name in (f"language_{language}", f"domain_{domain}") if name in SPOKEN]
    if line in LINES:
        return (*known, f"line_{line}")
    said = line if len(line) <= LONGEST and line.isascii() and line.isdigit() else ""
    return (*known, *(f"digit_{digit}" for digit in said))
