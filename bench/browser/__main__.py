"""CPU cost of a browser's leg in the media server, beside a leg of plain aiortc: ``python -m bench.browser``.

10, 30 and 90 browsers, each in a conference with two plain legs: ICE-lite, DTLS-SRTP and G.711, 20 ms, with a browser's
checks of consent. The same conferences with plain legs alone are measured next; what a browser's leg costs is the
whole less two thirds of that. Once with each profile of SRTP. Only the mixer worker's CPU time counts: signalling
rests while a call stands. aiortc: as many connections that send back what they hear, in a process of their own, with
PCMA and with Opus, which browsers prefer where both are offered. Prints and stores bench/results/browser.json.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from typing import Final

from bench import machine
from bench.browser import relay
from bench.browser.peers import HOST, BrowserParty, Choir, Party
from yuqiao.media.mixer_client import MixerPool
from yuqiao.media.webrtc.dtls import PROFILES

BROWSERS: Final = (10, 30, 90)
#: CPU-ms per second that a browser's leg may cost.
PROMISE: Final = 4.0
AIORTC_LEGS: Final = 5


async def conferences(count: int, seconds: float, profile: str | None) -> tuple[float, float]:
    """Return CPU ms per second of the worker with ``count`` conferences of three, one of them a browser unless
    ``profile`` is None; and the share of late ticks."""
    pool = MixerPool(rtp_host=HOST, rtp_ports=(20000, 29998), workers=1, rtp_timeout=0)
    await pool.start()
    parties: list[Party] = []
    try:
        for number in range(count):
            for place in range(3):
                is_browser = profile is not None and place == 0
                party = BrowserParty(number, pool.fingerprint, profile or "") if is_browser else Party(number)
                leg = f"{number}-{place}"
                address = await pool.open_leg(leg)
                await pool.set_audio(leg, party.audio)
                await asyncio.to_thread(party.connect, address)
                await pool.join(leg, f"conference-{number}")
                parties.append(party)
        choir = Choir(parties)
        try:
            await asyncio.sleep(2)
            before, counted = machine.cpu_of(pool.pids), await pool.counters()
            began = time.monotonic()
            await asyncio.sleep(seconds)
            took = time.monotonic() - began
            cost = (machine.cpu_of(pool.pids) - before) * 1000 / took
            now = await pool.counters()
            came = (now["packets_in"] - counted["packets_in"]) / len(parties) / took
            if not 45 < came < 52:
                raise RuntimeError(f"{came:.1f} packets a second came of each leg: the load is not what it should be")
            ticks = now["ticks"] - counted["ticks"]
            return cost, (now["late_ticks"] - counted["late_ticks"]) / max(1.0, ticks)
        finally:
            choir.close()
    finally:
        await pool.stop()


async def measure(count: int, seconds: float) -> dict[str, float]:
    """Return CPU ms per second of one leg among ``count`` conferences, plain and of each profile, and of late ticks the
    largest share."""
    plain, late = await conferences(count, seconds, None)
    costs = {"plain": plain / count / 3}
    for profile in PROFILES:
        mixed, more_late = await conferences(count, seconds, profile.name)
        costs[profile.name] = (mixed - plain * 2 / 3) / count
        late = max(late, more_late)
    return {**{name: round(cost, 3) for name, cost in costs.items()}, "late_ticks": round(late, 4)}


def main() -> None:
    """Measure, print, store; exit status 1 when the promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browsers", type=int, nargs="+", default=BROWSERS)
    parser.add_argument("--seconds", type=float, default=10.0, help="the window of each measurement")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    rows: dict[int, dict[str, list[float]]] = {count: {} for count in options.browsers}
    aiortc: dict[str, list[float]] = {"audio/PCMA": [], "audio/opus": []}
    for run in range(options.runs):
        for count in options.browsers:
            found = asyncio.run(measure(count, options.seconds))
            for name, value in found.items():
                rows[count].setdefault(name, []).append(value)
            print(f"run {run + 1}, {count} browsers: {found}", flush=True)
        for codec, costs in aiortc.items():
            costs.append(round(asyncio.run(relay.measure(AIORTC_LEGS, options.seconds, codec)), 2))
            print(f"run {run + 1}, aiortc {codec}: {costs[-1]}", flush=True)
    medians = {count: {name: statistics.median(values) for name, values in of.items()} for count, of in rows.items()}
    failures = [
        f"{count} browsers, {profile.name}: {of[profile.name]} is over {PROMISE}"
        for count, of in medians.items()
        for profile in PROFILES
        if of[profile.name] > PROMISE
    ]
    result = {
        "window_seconds": options.seconds,
        "cpu_ms_per_leg_second": rows,
        "median": medians,
        "aiortc_cpu_ms_per_leg_second": aiortc,
        "promises_broken": failures,
    }
    path = machine.store("browser", result)
    print(f"CPU-ms per leg-second, medians of {options.runs}; stored in {path.name}: {medians}")
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
