"""A tick that is due does not wait for what else the machine does, where its workers may see to that."""

from __future__ import annotations

import os
import subprocess
import sys

from yuqiao.media.tests.mixer.conftest import Studio
from yuqiao.media.worker import NICE, PRIORITY

TRY = f"import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param({PRIORITY}))"
TAKE = (
    "import os; from yuqiao.media import worker; worker._take_precedence(); "
    "print(os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0))"
)


def is_allowed(attempt: str) -> bool:
    return subprocess.run([sys.executable, "-c", attempt], capture_output=True, check=False).returncode == 0


async def test_the_thread_that_ticks_alone_has_the_best_precedence_that_is_allowed(studio: Studio) -> None:
    await studio.pool.open_leg("alice")
    await studio.pool.play("ringing", ("leg", "alice"), ["tone:ring"])
    (worker,) = studio.pool.pids
    others = [int(task) for task in os.listdir(f"/proc/{worker}/task") if int(task) != worker]
    assert others, "what is written and read has threads of its own"
    assert {os.sched_getscheduler(task) for task in others} == {os.SCHED_OTHER}
    if is_allowed(TRY):
        assert os.sched_getscheduler(worker) == os.SCHED_RR | os.SCHED_RESET_ON_FORK
        assert os.sched_getparam(worker).sched_priority == PRIORITY
    else:
        mine = os.getpriority(os.PRIO_PROCESS, 0)
        best = max(mine + NICE, -20) if is_allowed(f"import os; os.nice({NICE})") else mine
        assert os.getpriority(os.PRIO_PROCESS, worker) == best


def test_who_may_take_none_goes_on_with_what_there_is() -> None:
    """Most containers allow neither (capabilities(7): CAP_SYS_NICE)."""
    forbidden = ["setpriv", "--bounding-set=-sys_nice", "--inh-caps=-sys_nice"] if os.geteuid() == 0 else []
    told = subprocess.run([*forbidden, sys.executable, "-c", TAKE], capture_output=True, text=True, check=True)
    assert told.stdout.split() == [str(os.SCHED_OTHER), str(os.getpriority(os.PRIO_PROCESS, 0))]
