"""The command ``yuqiao``: the platform as a whole, or each of its processes alone."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from yuqiao.lib import memory

Command = Callable[[list[str]], int]

#: How much later than calls and pages background work gets a processor (nice(2)).
BACKGROUND = 10

#: What ``yuqiao`` can do: name -> (the command, what it says of itself). Processes import only what they need.
COMMANDS: dict[str, tuple[Command, str]] = {}


def command(name: str, says: str) -> Callable[[Command], Command]:
    """Put a command into the list."""

    def enter(function: Command) -> Command:
        COMMANDS[name] = (function, says)
        return function

    return enter


@command("up", "run media, calls, web and work together, and restart what dies")
def up(argv: list[str]) -> int:
    """Bring the database up to date, then supervise the four processes until SIGTERM or SIGINT."""
    from yuqiao.config import supervisor  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="yuqiao up", description=COMMANDS["up"][1])
    names = [program.name for program in supervisor.PLATFORM]
    without = "leave one out, as media where Asterisk is in its place; may be given again"
    parser.add_argument("--without", action="append", default=[], choices=names, help=without)
    left_out = parser.parse_args(argv).without
    status = manage(["migrate", "--verbosity", "1"])
    return status or supervisor.run([program for program in supervisor.PLATFORM if program.name not in left_out])


@command("media", "the media server: signalling and mixing, speaks ARI")
def media(argv: list[str]) -> int:
    """Run the media server alone; it needs no database."""
    argparse.ArgumentParser(prog="yuqiao media", description=COMMANDS["media"][1]).parse_args(argv)
    from yuqiao.media.server import main as serve  # noqa: PLC0415

    _settle_memory()
    serve()
    return 0


@command("calls", "the call server: decides what each call does next")
def calls(argv: list[str]) -> int:
    """Run the call server alone; several may run, one is active."""
    argparse.ArgumentParser(prog="yuqiao calls", description=COMMANDS["calls"][1]).parse_args(argv)
    _django()
    from yuqiao.calls.server import main as serve  # noqa: PLC0415

    _settle_memory()
    return _status(serve())


def _settle_memory() -> None:
    memory.settle()
    memory.give_back()


@command("web", "the web pages, on YUQIAO_WEB_LISTEN")
def web(argv: list[str]) -> int:
    """Serve the pages with uvicorn."""
    argparse.ArgumentParser(prog="yuqiao web", description=COMMANDS["web"][1]).parse_args(argv)
    _django()
    from yuqiao.config.web_server import serve  # noqa: PLC0415

    memory.give_back()
    return serve()


@command("work", "a worker for background jobs, as finishing recordings, and what is told to partners")
def work(argv: list[str]) -> int:
    """Run django-tasks-db's worker; further arguments go to it. It gives way to whatever callers wait for."""
    os.nice(BACKGROUND)
    manage(["remind_evaluations", "--keep"])
    manage(["keep_recordings"])
    memory.give_back()
    from yuqiao.hooks.dispatcher import Dispatcher  # noqa: PLC0415

    Dispatcher().start()
    return manage(["db_worker", "--no-reload", *argv])


@command("demo", "the sample city with simulated parties on real calls")
def demo(argv: list[str]) -> int:
    """Run the demonstration."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuqiao.config.settings")
    from yuqiao.demo.run import main as run  # noqa: PLC0415

    return _status(run(argv))


@command("audit-form", "check the arithmetic of a self-evaluation form (docx, xlsx, PDF, text)")
def audit_form(argv: list[str]) -> int:
    """Print findings; 1 when there are any. Needs no database."""
    from yuqiao.evaluation.command import main as run  # noqa: PLC0415

    return run(argv)


@command("evaluate", "a published self-evaluation built anew from rows: documents, figures, findings")
def evaluate(argv: list[str]) -> int:
    """Build a sample in a database of its own."""
    from yuqiao.samples.run import main as run  # noqa: PLC0415

    return run(argv)


@command("verify-recordings", "prove that every finished recording is the one that was made")
def verify_recordings(argv: list[str]) -> int:
    """Run the management command of that name."""
    return manage(["verify_recordings", *argv])


@command("migrate", "bring the database up to date")
def migrate(argv: list[str]) -> int:
    """Run Django's migrate."""
    return manage(["migrate", *argv])


@command("add-person", "add somebody who signs in (asks for the password)")
def add_person(argv: list[str]) -> int:
    """Run the management command of that name."""
    return manage(["add_person", *argv])


@command("manage", "any of Django's management commands")
def manage(argv: list[str]) -> int:
    """Pass ``argv`` on to Django's management commands, which exit by themselves when they refuse."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuqiao.config.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(["yuqiao manage", *argv])
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; 2 when there is no such command, or a setting cannot be used."""
    parser = argparse.ArgumentParser(
        prog="yuqiao",
        description="语桥: a city's interpretation hotline.",
        epilog="\n".join(f"  {name:<19}{says}" for name, (_, says) in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=list(COMMANDS), metavar="command")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    chosen = parser.parse_args(argv)
    from yuqiao.lib.environment import SettingError  # noqa: PLC0415

    try:
        return COMMANDS[chosen.command][0](chosen.arguments)
    except SettingError as error:
        print(f"yuqiao {chosen.command}: {error}", file=sys.stderr)
        return 2


def _django() -> None:
    """Make the rows usable in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuqiao.config.settings")
    import django  # noqa: PLC0415

    django.setup()


def _status(result: object) -> int:
    """Return an exit status for what a server's main returned: None is well."""
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    sys.exit(main())
