"""The tables and the text of a PDF, read by a process of its own that may use so much time and memory and no more.

A PDF can make any reader work for hours (streams within streams, pages of pages); here it costs that process its life.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from yuqiao.evaluation.readers.errors import REASONS, UnreadableError

SECONDS = 30
MEMORY = 1024 * 1024 * 1024
MOST_PAGES = 60
#: What the process may answer: text of `MOST_PAGES` pages, not a memory full.
MOST_ANSWER = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Printed:
    """What a PDF holds: its text, and the rows of its ruled tables with where each stands (第2页第5行)."""

    text: str
    rows: list[list[str]]
    places: list[str]


def read_pdf(content: bytes) -> Printed:
    """Return what a PDF holds. UnreadableError for a locked, a damaged, a huge one, and for pictures only."""
    command = [sys.executable, "-m", "yuqiao.evaluation.readers.pdf"]
    source = os.pathsep.join(path for path in sys.path if path)
    try:
        done = subprocess.run(
            command,
            input=content,
            capture_output=True,
            timeout=SECONDS * 2,
            check=False,
            env={"PYTHONPATH": source, "PATH": os.environ.get("PATH", ""), "PYTHONIOENCODING": "utf-8"},
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableError("too-hard") from error
    if done.returncode != 0 or len(done.stdout) > MOST_ANSWER:
        raise UnreadableError("too-hard")
    answer = json.loads(done.stdout)
    if (code := answer.get("code")) is not None:
        raise UnreadableError(code if code in REASONS else "damaged", most=MOST_PAGES)
    return Printed(answer["text"], answer["rows"], answer["places"])


def main() -> int:
    """Read a PDF from standard input and write what it holds as JSON; killed when it takes too much."""
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        allowed = resource.getrlimit(what)[1]
        limit = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(what, (limit, limit))
    content = sys.stdin.buffer.read()
    try:
        answer: dict[str, object] = _read(content)
    except UnreadableError as error:
        answer = {"code": error.code}
    except MemoryError:
        return 1
    except Exception:
        answer = {"code": "damaged"}
    sys.stdout.write(json.dumps(answer, ensure_ascii=False))
    return 0


def _read(content: bytes) -> dict[str, object]:
    import pypdf  # noqa: PLC0415 (needed in this process only)
    from pypdf.errors import DependencyError  # noqa: PLC0415

    reader = pypdf.PdfReader(BytesIO(content))
    if reader.is_encrypted:
        opened = 0
        with suppress(DependencyError):
            opened = reader.decrypt("")
        if not opened:
            raise UnreadableError("locked")
    if len(reader.pages) > MOST_PAGES:
        raise UnreadableError("pages", most=MOST_PAGES)
    text = "\n".join(page.extract_text() for page in reader.pages)
    if not text.strip():
        raise UnreadableError("pictures")
    found = list(_tables(content))
    return {"text": text, "rows": [row for row, _ in found], "places": [place for _, place in found]}


def _tables(content: bytes) -> Iterator[tuple[list[str], str]]:
    """Yield the rows of every ruled table, from top to bottom, and the lines of text above the first one."""
    import pdfplumber  # noqa: PLC0415 (needed in this process only)

    with pdfplumber.open(BytesIO(content)) as document:
        for number, page in enumerate(document.pages, 1):
            tables = sorted(page.find_tables(), key=lambda table: table.bbox[1])
            top = tables[0].bbox[1] if tables else page.height
            above = page.crop((0, 0, page.width, max(top, 1))).extract_text() if top > 1 else ""
            for line in above.splitlines():
                yield [line], f"第{number}页"
            rows = [row for table in tables for row in table.extract()]
            for n, row in enumerate(rows, 1):
                yield [cell or "" for cell in row], f"第{number}页第{n}行"


if __name__ == "__main__":
    sys.exit(main())
