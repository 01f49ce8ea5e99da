"""What the demonstration prints: calls as they proceed, who heard whom, where to look."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Sequence
from typing import Final

from yuqiao.demo.cast import LOGINS
from yuqiao.demo.judge import Verdict
from yuqiao.languages.catalogue import BY_CODE

RULE: Final = "─" * 100
WAYS: Final = {"a": "坐席旁 beside", "b": "转接 transfer", "c": "直拨 direct"}


def width(text: str) -> int:
    """Return how many columns ``text`` takes in a terminal: Chinese letters take two (Unicode UAX #11)."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, columns: int) -> str:
    """Return ``text`` filled up with spaces to ``columns``."""
    return text + " " * max(0, columns - width(text))


def say(number: int, zh: str, en: str) -> None:
    """Print one line of the live log: time, call, what happened in Chinese and English."""
    now = time.time()
    stamp = time.strftime("%H:%M:%S", time.localtime(now)) + f".{int(now * 10) % 10}"
    call = f"#{number:02d}" if number else "   "
    print(f"{stamp}  {call}  {padded(zh, 24)}  {en}", flush=True)


def table(verdicts: Sequence[Verdict]) -> None:
    """Print who heard whom, measured by the parties from what they received, and what else was checked."""
    print(f"\n{RULE}\n谁听到了谁 Who heard whom (each party listened for every tone in the city)\n{RULE}")
    for verdict in verdicts:
        _call(verdict)
    good = sum(verdict.ok for verdict in verdicts)
    print(f"{RULE}\n{good}/{len(verdicts)} 通话合格 calls are as they should be")


def _call(verdict: Verdict) -> None:
    facts = verdict.facts
    plan, call = facts.played.plan, facts.call
    waited = (call.interpreter_at - call.started_at).total_seconds() if call.interpreter_at else None
    came = f"译员 interpreter {waited:.2f} s" if waited is not None else "回访 callback"
    title = f"{plan.line} {BY_CODE[plan.language].zh}"
    print(f"{'✓' if verdict.ok else '✗'} #{plan.number:02d} {padded(title, 16)} {padded(WAYS[plan.way], 16)} {came}")
    for party, heard in verdict.heard.items():
        levels = ", ".join(f"{other} {level:.0f} dB" for other, level in heard.levels.items()) or "—"
        print(f"      {padded(party, 14)} ← {levels}")
    lags = [abs(file.lag_ms) for file in verdict.files if file.lag_ms is not None]
    if lags:
        length = verdict.files[0].duration_ms / 1000
        print(f"      录音 {len(verdict.files)} files, {length:.1f} s, at most {max(lags):.1f} ms beside the mix")
    for reason in verdict.reasons:
        print(f"      ✗ {reason}")


def where_to_look(address: str, sip: str, password: str) -> None:
    """Print the page's address, one login for each role, and how to call in with a phone of one's own."""
    print(f"\n{RULE}\n看这里 Look here: {address}\n{RULE}")
    for login in LOGINS:
        print(f"  {padded(login.username, 16)}{padded(login.name, 10)}{login.role}")
    print(f"  密码 password (all of them): {password}")
    print(f"  用软电话拨打 With a softphone, without registration: sip:960169@{sip}")
    print("  Ctrl-C 结束 ends everything", flush=True)
