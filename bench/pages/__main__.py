"""What pages cost on a slow phone: ``python -m bench.pages``.

A real ``yuqiao web`` as in production over a city with one of everything; citizens' front page in all ten languages,
their call page, the interpreter's desk, the board, the agents' and the statistics' pages, each in a fresh Chromium with
a cold cache, Lighthouse's slow phone (`bench.pages.loading`) and its definition of being interactive
(`bench.pages.readiness`). Beside them, in the same run, pages of Django's admin in unfold's dress, which the same
process serves as compressed as ours. Prints and stores bench/results/pages.json; exits with 1 when the front
page is over the promise in any language.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright
from tests.pages.site import Site, launched, running

from bench import machine
from bench.pages.loading import NETWORK, PHONE, PROCESSOR, Loading, load
from yuqiao.languages.catalogue import CODES

KIBIBYTE: Final = 1024
PROMISE_MS: Final = 2000
PROMISE_KIB: Final = 200
BUILT: Final = Path("src/yuqiao/web/console/static/built/caller.js")


@dataclass(frozen=True, slots=True)
class Looked:
    """A page: its name, address, the letter of who looks (see the addresses' table), how often it is loaded."""

    name: str
    path: str
    who: str
    times: int

    @property
    def promised(self) -> bool:
        """The first page that citizens see is held to the promise."""
        return self.name.startswith("front page")


def pages(runs: int) -> list[Looked]:
    """Return what is loaded, the peers last."""
    return [
        *(Looked(f"front page, {code}", f"/{code}/", "-", 1) for code in CODES),
        Looked("citizen's call", "/en/call/", "-", runs),
        Looked("interpreter's desk", "/", "h", runs),
        Looked("agent's desk", "/agent/", "l", runs),
        Looked("board", "/board/", "S", runs),
        Looked("statistics", "/statistics/", "P", runs),
        Looked("peer: unfold, index", "/admin/", "M", runs),
        Looked("peer: unfold, a registry", "/admin/hotline/line/", "M", runs),
    ]


def measured(site: Site, browser: Browser, looked: Looked) -> dict[str, Any]:
    """Load a page as often as is said; return the medians, the bytes of the last loading and all readings."""
    language = "zh-hans" if looked.who != "-" else "en"
    loadings: list[Loading] = []
    for _run in range(looked.times):
        context = site.context(browser, looked.who, language, **PHONE)
        answer = context.request.get(site.url + looked.path)  # as in production, templates have been read before
        if not answer.ok or answer.url != site.url + looked.path:
            raise RuntimeError(f"{looked.path} answers {answer.status} at {answer.url}")
        loadings.append(load(context, site.url + looked.path))
        context.close()
    last = loadings[-1]
    return {
        "kib": round(last.total / KIBIBYTE, 1),
        "first_contentful_paint_ms": round(statistics.median(one.painted for one in loadings)),
        "interactive_ms": round(statistics.median(one.interactive for one in loadings)),
        "interactive_ms_all": [round(one.interactive) for one in loadings],
        "requests": last.requests,
        "bytes_by_kind": last.octets,
    }


def broken(looked: list[Looked], found: dict[str, dict[str, Any]]) -> list[str]:
    """Return what was promised and is not kept."""
    return [
        f"{one.name}: {found[one.name]['kib']} KiB, interactive after {found[one.name]['interactive_ms']} ms"
        for one in looked
        if one.promised and (found[one.name]["kib"] > PROMISE_KIB or found[one.name]["interactive_ms"] > PROMISE_MS)
    ]


def main() -> int:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="loadings of each page but the front page, which has ten")
    options = parser.parse_args()
    if not BUILT.exists():
        sys.exit("The pages' modules are not built: make pages")
    looked, found = pages(options.runs), {}
    with tempfile.TemporaryDirectory() as work, running(Path(work)) as site, sync_playwright() as playwright:
        browser = launched(playwright)
        for one in looked:
            found[one.name] = measured(site, browser, one)
            sys.stdout.write(f"{one.name:26} {found[one.name]}\n")
            sys.stdout.flush()
        browser.close()
    fronts = [found[one.name] for one in looked if one.promised]
    peer = found["peer: unfold, index"]
    result: dict[str, Any] = {
        "promise": {"kib": PROMISE_KIB, "interactive_ms": PROMISE_MS},
        "network": NETWORK,
        "processor_times_slower": PROCESSOR,
        "front_page": {
            "kib_most": max(one["kib"] for one in fronts),
            "interactive_ms_median": round(statistics.median(one["interactive_ms"] for one in fronts)),
            "interactive_ms_most": max(one["interactive_ms"] for one in fronts),
        },
        "peer_to_front_page": {
            "bytes": round(peer["kib"] / max(one["kib"] for one in fronts), 1),
            "interactive": round(
                peer["interactive_ms"] / statistics.median(one["interactive_ms"] for one in fronts), 1
            ),
        },
        "pages": found,
        "promises_broken": broken(looked, found),
    }
    machine.store("pages", result)
    sys.stdout.write(
        f"front page: {result['front_page']}; the peer's index beside it: {result['peer_to_front_page']}\n"
    )
    sys.stdout.write("".join(f"BROKEN {one}\n" for one in result["promises_broken"]))
    return 1 if result["promises_broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
