"""What is freed goes back to the system, though something in use lies behind it; room that was made is used first."""

from __future__ import annotations

import subprocess
import sys

#: What a process holds, in MiB.
OWN = """
from pathlib import Path
from yuqiao.lib import memory

def own():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss_Anon:"))
"""
#: A heap of 40 MiB of which every hundredth block stays in use, as after a rush of calls; then what the process holds.
LEFT_BEHIND = """
blocks = [bytes(2000) for _ in range(20_000)]
full = own()
kept = blocks[::100]
del blocks
{act}
print(full - own())
"""
#: A rush of 6 MiB of small objects of many sizes, in room that was made or not; then by how much the process grew.
RUSH = """
{act}
before = own()
rush = [bytes(size) for size in range(32, 480, 8) for _ in range(420)]
print(own() - before)
"""
#: The names of 200,000 files, one after the other; then by how many MiB what the C library has handed out grew most.
NAMES = """
import ctypes
from pathlib import PurePath
import django.conf.global_settings, numpy, aiohttp

class Handed(ctypes.Structure):
    _names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in _names.split()]

mallinfo = ctypes.CDLL(None).mallinfo2
mallinfo.restype = Handed

def handed():
    now = mallinfo()
    return now.uordblks + now.hblkhd

{act}
before, most = handed(), 0
for number in range(200_000):
    PurePath("/a/" + str(number) + ".wav").name
    most = max(most, handed() - before)
print(most / 2**20)
"""


def printed(program: str, act: str) -> float:
    """Return what a process of its own says at its end."""
    command = [sys.executable, "-c", OWN + program.format(act=act)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout)


def given_back(act: str) -> float:
    """Return by how many MiB a process got smaller."""
    return printed(LEFT_BEHIND, act)


def test_free_memory_between_what_is_in_use_goes_back() -> None:
    assert given_back("memory.trimmer()()") > 25 > 10 + given_back("")


def test_it_goes_back_by_itself_until_ended() -> None:
    act = "import time\nover = memory.give_back(0.01)\nwhile full - own() < 25: time.sleep(0.01)\nover.set()"
    assert given_back(act) > 25


def test_a_rush_takes_the_room_that_was_made_for_it() -> None:
    assert printed(RUSH, "kept = memory.make_room(8)") < 1
    assert printed(RUSH, "") > 5
    assert printed(RUSH, "memory.make_room(8)") > 5, "nobody keeps it"


def test_names_that_come_and_go_make_no_table_grow() -> None:
    assert printed(NAMES, "memory.renew_interned()") < 0.2
    assert printed(NAMES, "") > 0.2, "or nothing is to be done here any more"
