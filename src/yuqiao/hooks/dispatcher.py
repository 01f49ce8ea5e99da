"""A thread of ``yuqiao work`` that sends what waits: beside the background jobs, so that neither holds the other up."""

from __future__ import annotations

import threading
import time

import structlog
from django.db import DatabaseError, close_old_connections, connection

from yuqiao.hooks import outbox
from yuqiao.lib.clock import now

log = structlog.get_logger(__name__)
#: Seconds between two looks, and between two clean-ups.
LOOK, CLEAN = 1.0, 3600.0
#: To so many addresses at once: one that lets us wait holds up no other.
THREADS = 4


class Dispatcher:
    """Looks once a second for addresses that are due and sends to each in a thread of its own."""

    def __init__(self, look: float = LOOK) -> None:
        self._look = look
        self._stop = threading.Event()
        self._threads: dict[int, threading.Thread] = {}
        self._clean_at = 0.0
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin; a process that ends need not wait for us: what was under way is sent again."""
        self._thread.start()

    def stop(self) -> None:
        """End, once what is under way is done."""
        self._stop.set()
        self._thread.join()
        for thread in self._threads.values():
            thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._round()
            except DatabaseError as error:
                log.warning("webhooks_wait_for_the_database", error=type(error).__name__)
            close_old_connections()
            self._stop.wait(self._look)
        connection.close()

    def _round(self) -> None:
        if time.monotonic() >= self._clean_at:
            outbox.clean(now())
            self._clean_at = time.monotonic() + CLEAN
        self._threads = {pk: thread for pk, thread in self._threads.items() if thread.is_alive()}
        for pk in outbox.due(now()):
            if pk in self._threads or len(self._threads) >= THREADS:
                continue
            self._threads[pk] = threading.Thread(target=self._serve, args=(pk,), name=f"webhook-{pk}", daemon=True)
            self._threads[pk].start()

    @staticmethod
    def _serve(hook_id: int) -> None:
        try:
            outbox.serve(hook_id)
        except DatabaseError as error:  # the lease runs out, and it is sent again
            log.warning("webhook_not_written_down", hook=hook_id, error=type(error).__name__)
        finally:
            connection.close()
