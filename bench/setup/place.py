"""The place of call measurements: the sample city's lines, and interpreters of their own in four languages."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import machine
from yuqiao.demo import stage
from yuqiao.lib.net import free_port

LANGUAGES = ("en", "ja", "ko", "fr")
HOST = "127.0.0.1"


@contextlib.contextmanager
def prepared(keep: Path | None, **changes: str) -> Iterator[tuple[Path, stage.Ports]]:
    """Set up Django in a folder of its own (``keep``, or one that goes afterwards) with settings for short calls and
    ``changes``; yield the folder and the platform's ports."""
    with tempfile.TemporaryDirectory(prefix="yuqiao-bench-") as temporary:
        folder = keep or Path(temporary)
        ports = stage.Ports(*(free_port(HOST) for _ in range(4)))
        stage.prepare(folder, ports)
        os.environ.update({"YUQIAO_WRAP_UP_SECONDS": "1", **changes})
        import django  # noqa: PLC0415 (after the environment is prepared)

        django.setup()
        yield folder.resolve(), ports


def seed(callees: int, each: int = 50) -> None:
    """Write the sample city, and ``each`` interpreters for each of four languages in the place of its own."""
    from django.core.management import call_command  # noqa: PLC0415 (after the environment is prepared)
    from django.db import transaction  # noqa: PLC0415

    from yuqiao.accounts.services import create_person  # noqa: PLC0415
    from yuqiao.demo import city  # noqa: PLC0415
    from yuqiao.lib import clock  # noqa: PLC0415
    from yuqiao.workforce.models import Interpreter, InterpreterLanguage, PresenceState  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        city.seed(lambda user: f"sip:{user}@{HOST}:{callees}", city.password_of_this_run())
        Interpreter.objects.update(state=PresenceState.OFF)
        for number, language in enumerate(LANGUAGES * each):
            interpreter = Interpreter.objects.create(
                person=create_person(f"bench-{number}", by=None),
                number=f"b{number}",
                contact=f"sip:b{number}@{HOST}:{callees}",
                state=PresenceState.READY,
                state_since=clock.now(),
            )
            InterpreterLanguage.objects.create(interpreter=interpreter, language=language)


def dialled_numbers() -> list[str]:
    """Return the numbers the callers dial in turn: every way in with every language."""
    from yuqiao.demo.cast import OWN_LINE, dialled  # noqa: PLC0415

    lines = {"a": "110", "b": "120", "c": OWN_LINE}
    return [dialled(lines[way], way, language) for language in LANGUAGES for way in "abc"]


def by_process(pid: int, read: Callable[[int], float]) -> dict[str, float]:
    """Return what ``read`` says of each process of the platform ``pid``, summed by what it is."""
    told: dict[str, float] = {}
    for one in machine.descendants(pid):
        try:
            words = Path(f"/proc/{one}/cmdline").read_text().split("\0")
            value = read(one)
        except OSError:
            continue
        name = "mixer" if any("worker" in word for word in words[1:4]) else next(
            (word for word in words if word in {"media", "calls", "web", "work"}), "supervisor"
        )  # fmt: skip
        told[name] = told.get(name, 0.0) + value
    return told


def cpu_by_process(pid: int) -> dict[str, float]:
    """Return CPU seconds so far of each process below ``pid``, by what it is."""
    return by_process(pid, machine.cpu_seconds)
