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


async def test_all_threads_of_a_worker_have_the_best_precedence_that_is_allowed(studio: Studio) -> None:
    await studio.pool.open_leg("alice")
    await studio.pool.record("voice", ("leg-in", "alice"), os.devnull)
    (worker,) = studio.pool.pids
    threads = [int(task) for task in os.listdir(f"/proc/{worker}/task")]
    if is_allowed(TRY):
        assert {os.sched_getscheduler(task) for task in threads} == {os.SCHED_RR}
        assert {os.sched_getparam(task).sched_priority for task in threads} == {PRIORITY}
    else:
        mine = os.getpriority(os.PRIO_PROCESS, 0)
        best = max(mine + NICE, -20) if is_allowed(f"import os; os.nice({NICE})") else mine
        assert os.getpriority(os.PRIO_PROCESS, worker) == best


def test_who_may_take_none_goes_on_with_what_there_is() -> None:
    """Most containers allow neither (capabilities(7): CAP_SYS_NICE)."""
    forbidden = ["setpriv", "--bounding-set=-sys_nice", "--inh-caps=-sys_nice"] if os.geteuid() == 0 else []
    told = subprocess.run([*forbidden, sys.executable, "-c", TAKE], capture_output=True, text=True, check=True)
    assert told.stdout.split() == [str(os.SCHED_OTHER), str(os.getpriority(os.PRIO_PROCESS, 0))]
