"""The compiled way of a tick, for legs that are in step: `in_step.c`, built once on each machine.

Some 35 small NumPy steps, each begun with cold caches 50 times a second, cost more than all they do for a few legs; and
so does waking the interpreter. So what is the same in each tick is compiled, and Python is asked only when something is
to be decided. It is built with the machine's C compiler when it is first needed, beside Python's own compiled files.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import ALAW_TO_LINEAR, PCMU, ULAW_TO_LINEAR
from yuqiao.media import limits, srtp
from yuqiao.media.loudness import REACH, SOFT, SOFT_TO_ALAW, SOFT_TO_ULAW
from yuqiao.media.rtcp import FIRST_KIND, LAST_KIND
from yuqiao.media.rtp import FRAME, HEADER, SLOT
from yuqiao.media.speakers import MOST

#: Code -> sample of both laws, A-law from `ALAW` on.
ALAW: Final = 256
LAWS: Final = np.concatenate([ULAW_TO_LINEAR, ALAW_TO_LINEAR])
#: Sources of a recorded track, as `in_step.c` counts them.
SILENCE, LEG_IN, LEG_OUT, CONFERENCE = range(4)
#: Why ``run`` came back.
DUE, CALLED, PAUSE = range(3)

_SOURCE: Final = Path(__file__).with_name("in_step.c")
#: -Bsymbolic: a function of the C library that is called as one of ours must not be taken for it.
_FLAGS: Final = (
    *("-std=c11", "-O3", "-ffp-contract=off", "-fPIC", "-shared", "-Wl,-Bsymbolic"),
    *("-Wall", "-Wextra", "-Werror"),
)
_GIVEN: Final[dict[str, float]] = {
    "FRAME": FRAME,
    "HEADER": HEADER,
    "SLOT": SLOT,
    "PCMU": PCMU,
    "REACH": REACH,
    "BLOCKS": limits.BLOCKS,
    "BEHIND": limits.BEHIND,
    "WHOLE": limits.WHOLE,
    "DEEPEST": limits.DEEPEST,
    "SAMPLED": limits.SAMPLED,
    "ROUNDS": limits.ROUNDS,
    "BLOCK": limits.PIECE * FRAME,
    "TICK": limits.TICK_NS,
    "LATE": limits.LATE_NS,
    "TOO_FAR_BEHIND": limits.TOO_FAR_BEHIND_NS,
    "LETTERS": limits.LETTERS,
    "ADDRESS": limits.ADDRESS,
    "NAMED": MOST,
    "TRAILER": srtp.TRAILER,
    "SECURED": srtp.OK,
    "SEEN_BEFORE": srtp.SEEN_BEFORE,
    "TOO_OLD": srtp.TOO_OLD,
    "FIRST_KIND": FIRST_KIND,
    "LAST_KIND": LAST_KIND,
    "NOTHING": -1,
    "EMPTY": -2,
    "DUE": DUE,
    "CALLED": CALLED,
    "PAUSE": PAUSE,
}

_Table = TypeVar("_Table", bound="_Pointers")


class _Pointers(ctypes.Structure):
    """Pointers to the data of NumPy arrays, which live as long as this."""

    _kinds: dict[str, type[np.generic]]

    def give(self: _Table, **arrays: NDArray[Any]) -> _Table:
        """Let C work on ``arrays``. TypeError when one is not as C expects it."""
        kept = self.__dict__.setdefault("_kept", {})
        for name, array in arrays.items():
            if array.dtype != self._kinds[name] or not array.flags.c_contiguous:
                raise TypeError(f"{name} is no contiguous array of {self._kinds[name].__name__}")
            setattr(self, name, array.ctypes.data)
            kept[name] = array
        return self


def _fields(kinds: dict[str, type[np.generic]], *counts: str) -> list[tuple[str, Any]]:
    return [(name, ctypes.c_void_p) for name in kinds] + [(name, ctypes.c_int64) for name in counts]


class SeatingTable(_Pointers):
    """``struct seating`` of `in_step.c`."""

    conferences: int
    _kinds = {"order": np.int64, "sizes": np.int64, "silent": np.uint8}
    _fields_ = _fields(_kinds, "conferences")


class Tables(_Pointers):
    """``struct tables`` of `in_step.c`: who makes an array gives it."""

    came_count: int
    strange_count: int
    letter_count: int
    track_count: int
    done: int
    late: int
    _kinds = {
        "ear": np.int32,
        "opens": np.uint64,
        "shared": np.uint8,
        **dict.fromkeys(("refused", "replayed"), np.int64),
        **dict.fromkeys(("letters_of", "letters_lost", "letter_rows", "letter_sizes"), np.int64),
        **dict.fromkeys(("letter_sources", "letters", "slots"), np.uint8),
        "sizes": np.int64,
        "headers": np.uint32,
        "heard_tick": np.int64,
        "law": np.uint16,
        **dict.fromkeys(("came", "strange"), np.int64),
        "samples": np.int16,
        **dict.fromkeys(("whole", "settled"), np.uint16),
        "read_at": np.uint32,
        **dict.fromkeys(("end", "tally", "spare"), np.int64),
        "wait": np.float64,
        "voices": np.int16,
        **dict.fromkeys(("heard", "sums"), np.int32),
        "wire": np.uint8,
        "seq": np.uint16,
        "timestamp": np.uint32,
        "packets": np.int64,
        "sending": np.uint8,
        "mouth": np.int32,
        "seals": np.uint64,
        **dict.fromkeys(("targets", "target_sizes", "names", "named"), np.uint8),
        "laws": np.int16,
        **dict.fromkeys(("to_alaw", "to_ulaw"), np.uint8),
        "soft": np.int16,
        "tracks": np.int64,
        "block": np.int16,
    }
    _fields_ = _fields(_kinds, "came_count", "strange_count", "letter_count", "track_count", "done", "late") + [
        (name, ctypes.c_void_p) for name in srtp.FUNCTIONS
    ]

    def __init__(self) -> None:
        super().__init__()
        self.give(laws=LAWS, to_alaw=SOFT_TO_ALAW, to_ulaw=SOFT_TO_ULAW, soft=SOFT)
        for name, address in srtp.FUNCTIONS.items():
            setattr(self, name, address)


@dataclass(frozen=True, slots=True)
class Compiled:
    """The functions of `in_step.c`. All keep Python waiting but ``wait_for`` and ``run``: these are long and let other
    threads go on."""

    take: Callable[..., None]
    receive: Callable[..., None]
    uneven: Callable[..., int]
    read_frames: Callable[..., None]
    go_on: Callable[..., None]
    mix: Callable[..., None]
    send_frames: Callable[..., None]
    record: Callable[..., None]
    wait_for: Callable[..., int]
    step: Callable[..., int]
    run: Callable[..., int]


@functools.cache
def compiled() -> Compiled:
    """Return the compiled functions, built first if they are not yet. RuntimeError when they cannot be."""
    path = _built()
    quick, long = ctypes.PyDLL(str(path)), ctypes.CDLL(str(path))
    if quick.tables_size() != ctypes.sizeof(Tables):
        raise RuntimeError("in_step.c and in_step.py have different tables")
    table, pointer, number, flag = ctypes.POINTER(Tables), ctypes.c_void_p, ctypes.c_int64, ctypes.c_int
    seating = ctypes.POINTER(SeatingTable)

    def bound(function: Any, result: Any, *arguments: Any) -> Any:
        function.restype, function.argtypes = result, arguments
        return function

    return Compiled(
        take=bound(quick.take, None, table, pointer, number, number, number),
        receive=bound(quick.receive, None, table, number, number, number, number),
        uneven=bound(quick.uneven, flag, table, number, number),
        read_frames=bound(quick.read_frames, None, table, number, number, pointer),
        go_on=bound(quick.go_on, None, table, number, number),
        mix=bound(quick.mix, None, seating, pointer, pointer, pointer),
        send_frames=bound(quick.send_frames, None, table, number, number),
        record=bound(quick.record, None, table, number),
        wait_for=bound(long.wait_for, number, flag, number),
        step=bound(quick.step, flag, table, seating, number, number, number, number),
        run=bound(long.run, flag, table, seating, number, flag, *(number,) * 6),
    )


def _built() -> Path:
    given = [f"-D{name}={value}" for name, value in _GIVEN.items()]
    recipe = "\n".join([platform.machine(), platform.libc_ver()[0], *_FLAGS, *given, _SOURCE.read_text()])
    name = f"in_step.{hashlib.sha256(recipe.encode()).hexdigest()[:16]}.so"
    for folder in (_SOURCE.parent / "__pycache__", Path(os.environ.get("YUQIAO_VAR_DIR", "var")) / "compiled"):
        path = folder.resolve() / name
        if path.exists():
            return path
        if _may_write(folder):
            _build(path, [*_FLAGS, *given])
            return path
    raise RuntimeError("the mixer cannot be compiled: neither its own folder nor YUQIAO_VAR_DIR may be written to")


def _may_write(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _build(path: Path, options: list[str]) -> None:
    """Compile into ``path``, at once: others may be doing so too."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("the mixer cannot be compiled: there is no C compiler; `deploy/packages run` installs one")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder) / path.name
        done = subprocess.run(
            [compiler, *options, "-o", str(made), str(_SOURCE)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the mixer cannot be compiled: {done.stderr.strip()}")
        made.replace(path)
