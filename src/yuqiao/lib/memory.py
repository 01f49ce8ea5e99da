"""Memory of processes that run for months: what is loaded at the start is kept out of the collector's way, room for a
rush of calls is there before it comes, what calls left free in the C library's heap goes back to the system.

malloc keeps freed memory between what is in use; with many calls of different length a heap grows so for hours, though
nothing is left behind. ``malloc_trim`` (malloc_trim(3), glibc) gives whole free pages back. Python's own small objects
lie in arenas of 1 MiB (Objects/obmalloc.c): each rush above all before it fetched another, page by page while its calls
waited, and one object that lived on kept it. Python's table of interned strings, to which pathlib adds each part of
each path, fills up with places of those that are gone, and is written anew after some thousand calls, a MiB larger.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
from collections.abc import Callable
from typing import Final

#: A trim of 30 MiB takes about a millisecond, without Python's lock.
EVERY: Final = 15.0  # seconds
#: Room for small objects, in MiB: what a hundred calls at once take in the process that needs most of it.
ROOM: Final = 8
#: Objects of the largest size that arenas hold (512 bytes), so many in a MiB.
_LARGEST: Final = 512 - b"".__sizeof__()
_IN_A_MEBIBYTE: Final = 2048
#: Strings that use up the places of the table of interned ones, if it has less than 100,000; takes 20 ms.
_PASSING: Final = 1 << 17
_kept: list[bytes] = []


def settle() -> None:
    """Keep all that is loaded by now out of the garbage collector's way, and make room for calls. The collector looks
    through the whole heap only when what is new has become a quarter of it: what calls leave behind lay about by tens
    of MiB, and each look held calls up."""
    _kept.extend(make_room(ROOM))
    renew_interned()
    gc.collect()
    gc.freeze()


def make_room(mebibytes: int) -> list[bytes]:
    """Write so many MiB that small objects may use from now on; as long as what is returned is kept, they stay ours."""
    written = [bytes(_LARGEST) for _ in range(mebibytes * _IN_A_MEBIBYTE)]
    return written[:: _IN_A_MEBIBYTE // 4]


def renew_interned() -> None:
    """Let the table of interned strings get the size now that it would get while calls run, and keep from then on."""
    for number in range(_PASSING):
        sys.intern(f"passing {number}")


def trimmer() -> Callable[[], bool] | None:
    """Return what gives free memory back and says whether there was any; None without glibc."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
    trim.argtypes, trim.restype = [ctypes.c_size_t], ctypes.c_int
    return lambda: bool(trim(0))


def give_back(every: float = EVERY) -> threading.Event:
    """Give free memory back each ``every`` seconds, in a thread of its own; returns what ends that, if set."""
    over, trim = threading.Event(), trimmer()

    def again(trim: Callable[[], bool]) -> None:
        while not over.wait(every):
            trim()

    if trim is not None:
        threading.Thread(target=again, args=(trim,), name="memory", daemon=True).start()
    return over
