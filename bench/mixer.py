"""CPU cost of a leg in a three-party conference, ours beside Asterisk 22's ConfBridge: ``python -m bench.mixer``.

60 conferences of three callers, 20 ms PCMA, driven by sipp, which sends all the time and reads nothing. After all are
in, the CPU time of every process of the engine (signalling and mixing) is read over a window; three runs of each,
medians. Prints and stores bench/results/mixer.json.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
from tests.asterisk import root, version

from bench import asterisk, machine, sipp
from yuqiao.lib.net import free_port

PARTIES = 3
ARI_USER, ARI_PASSWORD = "yuqiao", "bench"


def window(pids: list[int], legs: int, seconds: float) -> float:
    """Return CPU milliseconds per leg and second of ``pids`` over the next ``seconds``."""
    began, before = time.monotonic(), machine.cpu_of(pids)
    time.sleep(seconds)
    return (machine.cpu_of(pids) - before) * 1000 / legs / (time.monotonic() - began)


@contextlib.contextmanager
def our_server(folder: Path) -> Iterator[tuple[int, int, int]]:
    """Start ``yuqiao media``; yield its pid, SIP port and ARI port once the ARI answers."""
    sip_port, ari_port = free_port(), free_port()
    environment = os.environ | {
        "YUQIAO_VAR_DIR": str(folder),
        "YUQIAO_SIP_PORT": str(sip_port),
        "YUQIAO_SIP_PEERS": "127.0.0.0/8",
        "YUQIAO_ARI_LISTEN": f"127.0.0.1:{ari_port}",
        "YUQIAO_ARI_USER": ARI_USER,
        "YUQIAO_ARI_PASSWORD": ARI_PASSWORD,
        "YUQIAO_RTP_PORTS": "20000-29999",
    }
    with (folder / "media.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "yuqiao.config.cli", "media"],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process.pid, sip_port, ari_port
    finally:
        process.terminate()
        process.wait(20)


class Conferences:
    """A Stasis application that answers each channel and puts it into the bridge named by what it dialled."""

    def __init__(self, port: int, *, record: bool) -> None:
        self.base = f"http://127.0.0.1:{port}/ari"
        self.record = record
        self.joined = 0

    async def _join(self, http: aiohttp.ClientSession, channel: dict[str, Any]) -> None:
        bridge = f"conference-{channel['dialplan']['exten']}"
        await self._post(http, f"/channels/{channel['id']}/answer")
        await self._post(http, f"/bridges/{bridge}", type="mixing")
        await self._post(http, f"/bridges/{bridge}/addChannel", channel=channel["id"])
        if self.record:
            snoop = f"snoop-{channel['id']}"
            await self._post(http, f"/channels/{channel['id']}/snoop/{snoop}", spy="in", app="yuqiao")
            await self._post(http, f"/channels/{snoop}/record", name=snoop, format="wav")
            if channel["caller"]["number"] and self.joined % PARTIES == 0:
                await self._post(http, f"/bridges/{bridge}/record", name=f"mix-{bridge}", format="wav")
        self.joined += 1

    async def _post(self, http: aiohttp.ClientSession, path: str, **query: str) -> None:
        async with http.post(self.base + path, params=query) as answer:
            if answer.status >= 400 and answer.status != 409:  # 409: the bridge or its recording exists already
                raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")

    async def run(self, legs: int, ready: asyncio.Event) -> None:
        """Serve events until cancelled; set ``ready`` when ``legs`` have joined."""
        login = {"Authorization": aiohttp.encode_basic_auth(ARI_USER, ARI_PASSWORD)}
        async with aiohttp.ClientSession(headers=login) as http:
            deadline = time.monotonic() + 20
            while True:
                try:
                    socket = await http.ws_connect(self.base + "/events?app=yuqiao")
                    break
                except aiohttp.ClientError:
                    if time.monotonic() > deadline:
                        raise
                    await asyncio.sleep(0.1)
            ready.set()
            async for message in socket:
                event = message.json()
                if event["type"] == "StasisStart" and not event["channel"]["name"].startswith("Snoop/"):
                    await self._join(http, event["channel"])


async def ours(conferences: int, seconds: float, *, record: bool) -> float:
    """Return CPU ms per leg-second of our media processes."""
    legs = conferences * PARTIES
    with tempfile.TemporaryDirectory() as name, our_server(Path(name)) as (pid, sip_port, ari_port):
        application, connected = Conferences(ari_port, record=record), asyncio.Event()
        serving = asyncio.create_task(application.run(legs, connected))
        await asyncio.wait({serving, asyncio.create_task(connected.wait())}, return_when=asyncio.FIRST_COMPLETED)
        with sipp.callers(Path(name), f"127.0.0.1:{sip_port}", numbers(conferences), seconds + 60, free_port()):
            await until(lambda: application.joined == legs, serving)
            cost = await asyncio.to_thread(settle_and_measure, pid, legs, seconds)
        serving.cancel()
        return cost


def settle_and_measure(pid: int, legs: int, seconds: float) -> float:
    """Let the set-up's work die down, then measure the process and all below it."""
    time.sleep(3)
    return window(machine.descendants(pid), legs, seconds)


async def until(condition: Any, serving: asyncio.Task[None] | None = None, limit: float = 60) -> None:
    """Wait until ``condition()``; RuntimeError after ``limit`` seconds, or what ended ``serving`` early."""
    deadline = time.monotonic() + limit
    while not condition():
        if serving is not None and serving.done():
            serving.result()
        if time.monotonic() > deadline:
            raise RuntimeError("the callers did not all get in")
        await asyncio.sleep(0.1)


def numbers(conferences: int) -> list[str]:
    """Return what each caller dials: three in turn the same number."""
    return [str(1000 + leg // PARTIES) for leg in range(conferences * PARTIES)]


async def theirs(folder: Path, conferences: int, seconds: float) -> float:
    """Return CPU ms per leg-second of Asterisk's ConfBridge."""
    legs = conferences * PARTIES
    with tempfile.TemporaryDirectory() as name, asterisk.running(folder) as (pid, place):
        target = f"127.0.0.1:{asterisk.SIP_PORT}"
        with sipp.callers(Path(name), target, numbers(conferences), seconds + 60, free_port()):
            await until(lambda: f"{legs} active calls" in place.command("core show channels count"))
            return await asyncio.to_thread(settle_and_measure, pid, legs, seconds)


def main() -> None:
    """Measure, print, store; exit status 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conferences", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    folder = root()
    rows: dict[str, list[float]] = {"yuqiao": [], "yuqiao_recording": [], "asterisk": []}
    for run in range(options.runs):
        rows["yuqiao"].append(asyncio.run(ours(options.conferences, options.seconds, record=False)))
        rows["yuqiao_recording"].append(asyncio.run(ours(options.conferences, options.seconds, record=True)))
        rows["asterisk"].append(asyncio.run(theirs(folder, options.conferences, options.seconds)))
        print(f"run {run + 1}: " + "  ".join(f"{name} {values[-1]:.3f}" for name, values in rows.items()), flush=True)
    medians = {name: round(statistics.median(values), 3) for name, values in rows.items()}
    leaner = round(medians["asterisk"] / medians["yuqiao"], 2)
    result = {
        "legs": options.conferences * PARTIES,
        "window_seconds": options.seconds,
        "peer": version(folder),
        "cpu_ms_per_leg_second": {name: [round(value, 3) for value in values] for name, values in rows.items()},
        "median": medians,
        "times_leaner_than_asterisk": leaner,
    }
    path = machine.store("mixer", result)
    print(
        f"CPU-ms per leg-second, {result['legs']} legs, median of {options.runs}: "
        f"ours {medians['yuqiao']} (recording {medians['yuqiao_recording']}), "
        f"{result['peer']} {medians['asterisk']}: {leaner} times leaner. Stored in {path.name}."
    )
    if medians["yuqiao"] > 0.8 or leaner < 4.5:
        sys.exit("the promise is at most 0.8, and at least 4.5 times leaner")


if __name__ == "__main__":
    main()
