"""``yuqiao demo``: the platform with a sample city, and simulated parties on at least twelve real calls.

Stays up afterwards; with ``--once`` it waits for the finished recordings, judges everything, writes
``var/demo/summary.json`` and ends with status 0 only if every check holds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from yuqiao.demo import stage

if TYPE_CHECKING:
    from yuqiao.demo.judge import Verdict
    from yuqiao.demo.show import Show

RECORDINGS_WITHIN: Final = 60.0
#: So many 20 ms ticks may be left out by the parties before the machine counts as too busy to measure.
SKIPPED_TICKS: Final = 100


def main(argv: Sequence[str]) -> int:
    """Run the demonstration; 0 when all went well, 1 with reasons when not."""
    parser = argparse.ArgumentParser(prog="yuqiao demo", description="the sample city with simulated parties")
    parser.add_argument("--once", action="store_true", help="judge, write summary.json and end")
    parser.add_argument("--port-base", type=int, help="SIP there, pages one above, ARI two above")
    elsewhere = "another engine speaks SIP and ARI there already (Asterisk, with YUQIAO_ARI_PASSWORD)"
    parser.add_argument("--without-media", action="store_true", help=elsewhere)
    chosen = parser.parse_args(argv)
    folder = Path(os.environ.get("YUQIAO_VAR_DIR") or "var") / "demo"
    ports = stage.choose_ports(chosen.port_base)
    stage.prepare(folder, ports, media=not chosen.without_media)

    import django  # noqa: PLC0415 (settings are read from the environment just prepared)

    django.setup()
    try:
        return asyncio.run(_demonstrate(folder.resolve(), ports, once=chosen.once, media=not chosen.without_media))
    except stage.StageError as error:
        print(f"yuqiao demo: {error}", file=sys.stderr)
        return 1


async def _demonstrate(folder: Path, ports: stage.Ports, *, once: bool, media: bool) -> int:
    from yuqiao.demo.show import Show, ShowError  # noqa: PLC0415 (needs Django)

    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        show = Show(folder, ports, media=media)
        stack.push_async_callback(show.close)
        playing = asyncio.create_task(_play(show, once=once))
        ending = asyncio.create_task(over.wait())
        await asyncio.wait({playing, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not playing.done():
            playing.cancel()
            with suppress(asyncio.CancelledError):
                await playing
            return 130
        try:
            verdicts = playing.result()
        except ShowError as error:
            raise stage.StageError(str(error)) from error
        status = _conclude(show, verdicts, folder, time.monotonic() - began)
        if once:
            ending.cancel()
            return status
        show.say_where_to_look()
        await show.stay(over)
    print("\n演示结束 The demonstration is over.")
    return status


async def _play(show: Show, *, once: bool) -> list[Verdict]:
    await show.open()
    if not once:
        show.say_where_to_look()
    return await show.play_and_judge(RECORDINGS_WITHIN)


def _conclude(show: Show, verdicts: Sequence[Verdict], folder: Path, seconds: float) -> int:
    """Print the table, write the summary, return the status."""
    from yuqiao.demo import judge, report  # noqa: PLC0415

    report.table(verdicts)
    general = list(show.reasons)
    if show.skipped_ticks > SKIPPED_TICKS:
        general.append(f"the machine was too busy: the parties left out {show.skipped_ticks} packets' time")
    result = judge.summary(verdicts, general, seconds)
    path = folder / "summary.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    for reason in general:
        print(f"✗ {reason}")
    print(f"{'一切正常 all is well' if result['ok'] else '有问题 something is wrong'}: {path}")
    return 0 if result["ok"] else 1
