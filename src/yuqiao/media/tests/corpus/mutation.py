"""The corpus of real messages, and what a broken or hostile peer makes of them; the same seed makes the same.

``YUQIAO_FUZZ_SECONDS`` is the time a fuzz test takes (2 in CI); ``YUQIAO_FUZZ_SEED`` another row of dice. A test that
fails says the seed and the number of the message; `Mutator.nth` makes that message again.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

SECONDS = float(os.environ.get("YUQIAO_FUZZ_SECONDS", "2"))
SEED = int(os.environ.get("YUQIAO_FUZZ_SEED", "4475"))
_NUMBER = re.compile(rb"\d+")
_WORD = re.compile(rb"[A-Za-z][\w-]+")
_NUMBERS = (
    b"0", b"-1", b"1", b"255", b"256", b"65535", b"65536", b"99999", b"2147483648", b"4294967295", b"4294967296",
    b"18446744073709551616", b"9" * 30, b"9" * 5000, b"1e9", b"0x10", b"1_000", "\u0663".encode(), b"",
)  # fmt: skip
_TWISTS = (
    b"\0", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\r\n ", b";", b",", b":", b"=", b"@", b"<", b">", b'"', b"\\", b"%",
    b"%00", b"%0d%0a", b"%ff", b"[", b"]", b"{", b"}", b"?", b"&", b"/", b"../", b"*", b" ", b"\t", b"  ", b"\xff\xfe",
    b"\xc0\x80", b"\xed\xa0\x80", "\u202e".encode(), "\ufeff".encode(), "\u0130".encode(), b"A" * 300, b";a" * 200,
    b"," * 100,
)  # fmt: skip


def corpus(protocol: str) -> dict[str, bytes]:
    """Return by name the messages of ``protocol``: sip and http (as text with CRLF), rtp and rtcp (octets)."""
    text = (Path(__file__).parent / f"{protocol}.txt").read_text()
    found = {}
    for entry in text.split("=== ")[1:]:
        name, _, message = entry.partition("\n")
        if protocol in ("rtp", "rtcp"):
            found[name] = bytes.fromhex(message.strip())
        else:
            head, _, body = message.removesuffix("\n").partition("\n\n")
            whole = f"{head}\n\n{body}".replace("\n", "\r\n")
            found[name] = whole.replace("192.0.2.1", "127.0.0.1").encode()
    return found


class Mutator:
    """Makes broken messages out of ``samples``."""

    def __init__(self, samples: Sequence[bytes], seed: int = SEED) -> None:
        self.samples = samples
        self.seed = seed

    def nth(self, number: int) -> bytes:
        """Return message ``number`` of this seed."""
        dice = random.Random(self.seed << 32 | number)
        data = dice.choice(self.samples)
        for _ in range(dice.choice((1, 1, 1, 2, 3, 6))):
            data = self._change(data, dice) or b"\0"
        return data[:65_000]

    def within(self, seconds: float = SECONDS, *, least: int = 500) -> Iterator[tuple[int, bytes]]:
        """Yield number and message until the time is over, ``least`` of them at least."""
        end = time.monotonic() + seconds
        for number in itertools.count():
            if number >= least and time.monotonic() >= end:
                return
            yield number, self.nth(number)

    def _change(self, data: bytes, dice: random.Random) -> bytes:  # noqa: PLR0911 - a line for each change
        spot, length = dice.randrange(len(data)), dice.choice((1, 2, 4, 20))
        match dice.randrange(10):
            case 0:
                return data[:spot] + bytes([dice.randrange(256)]) + data[spot + 1 :]
            case 1:
                return data[:spot] + bytes([data[spot] ^ 1 << dice.randrange(8)]) + data[spot + 1 :]
            case 2:
                return data[:spot] + data[spot + length :]
            case 3:
                return data[:spot] + data[spot : spot + length] * dice.choice((2, 50)) + data[spot + length :]
            case 4:
                return data[:spot]
            case 5:
                return data[:spot] + dice.choice(_TWISTS) + data[spot:]
            case 6:
                return _replaced(data, _NUMBER, dice.choice(_NUMBERS), dice)
            case 7:
                other = dice.choice(self.samples)
                return _replaced(data, _WORD, dice.choice(_WORD.findall(other) or [b"x"]), dice)
            case 8:
                return _lines(data, dice)
            case _:
                other = dice.choice(self.samples)
                return data[:spot] + other[dice.randrange(len(other)) :]


def _replaced(data: bytes, pattern: re.Pattern[bytes], by: bytes, dice: random.Random) -> bytes:
    found = list(pattern.finditer(data))
    if not found:
        return data + by
    one = dice.choice(found)
    return data[: one.start()] + by + data[one.end() :]


def _lines(data: bytes, dice: random.Random) -> bytes:
    """Lose, double, swap or empty a line."""
    lines = data.split(b"\r\n")
    first, second = dice.randrange(len(lines)), dice.randrange(len(lines))
    match dice.randrange(4):
        case 0:
            lines.pop(first)
        case 1:
            lines.insert(second, lines[first])
        case 2:
            lines[first], lines[second] = lines[second], lines[first]
        case _:
            lines[first] = lines[first].partition(b":")[0] + b":"
    return b"\r\n".join(lines)
