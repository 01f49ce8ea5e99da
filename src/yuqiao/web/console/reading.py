"""What is new for those who watch, read by one thread for all of them: changed calls at once, then changed pieces."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q
from django.utils import translation

from yuqiao.hotline.models import Call, CallEvent
from yuqiao.lib.clock import now
from yuqiao.web.console import board, pulse, watch
from yuqiao.web.console.follower import Follower
from yuqiao.web.console.frames import beat, frame
from yuqiao.web.console.pieces import BOARD, pieces, staff_rows

#: Everything is looked at anew after so long even if nothing was committed: waits grow past their limit by themselves.
LOOK_SECONDS = 1.0
#: Pieces are read at most so often; they take at most a third of the time, and so do the states of people.
PIECES_SECONDS = 0.1
#: The day is counted anew this often; it grows, and nobody reads a median twice a second.
SLOW_SECONDS = 3.0
BEAT_SECONDS = 2.0
#: A browser that comes back is told again of so many events before the last it saw (they may have been overtaken).
OVERLAP = 200
#: Who missed more calls than this gets the whole page anew.
MOST_CATCH_UP = 120

#: View and language: those who share it get the same bytes.
Key = tuple[str, str]


class Reader:
    """What the thread remembers from one look at the database to the next."""

    def __init__(self) -> None:
        # Begin a little early: what was committed while the first watcher came in is told twice rather than never.
        self._follower = Follower(max(0, newest_event() - OVERLAP))
        self._mark: object = None
        self._look_due = 0.0
        self._unread = self._unread_staff = False
        self._staff_due = 0.0
        self._sent: dict[Key, dict[str, str]] = {}
        self._pieces_due = 0.0
        self._slow: dict[str, tuple[float, watch.Slow]] = {}
        self._beat_due = 0.0

    def calls(self, keys: Iterable[Key], at: float) -> dict[Key, bytes]:
        """Return the calls that changed since the last look, for each key; ``at`` in seconds of a monotonic clock."""
        mark = pulse.mark()
        if mark == self._mark and at < self._look_due:
            return {}
        self._mark, self._look_due = mark, at + LOOK_SECONDS
        self._unread = self._unread_staff = True
        changed = self._changed_calls(at)
        if not changed:
            return {}
        newest = self._follower.newest
        return {key: call_frames(changed, key[1], newest) for key in keys if key[0] == BOARD}

    def staff(self, keys: Iterable[Key], at: float) -> dict[Key, bytes]:
        """Return, for each board, the languages in which somebody's state changed; figures and alarms follow."""
        boards = {key: self._sent[key] for key in keys if key[0] == BOARD and key in self._sent}
        if not self._unread_staff or at < self._staff_due or not boards:
            return {}
        begun = time.monotonic()
        self._unread_staff = False
        out = {}
        for key, sent in boards.items():
            with translation.override(key[1]):
                rows = staff_rows(watch.languages(), key[1])
            if told := self._changes(key, sent | rows):
                out[key] = told
        self._staff_due = at + 3 * (time.monotonic() - begun)
        return out

    def pieces(self, keys: Collection[Key], at: float) -> dict[Key, bytes]:
        """Return the pieces that changed, and a beat when one is due."""
        out = dict.fromkeys(keys, b"")
        if (self._unread and at >= self._pieces_due) or keys - self._sent.keys():
            begun = time.monotonic()
            self._unread = False
            for language in {one for _, one in keys}:
                views = [view for view, theirs in keys if theirs == language]
                for view, html in pieces(views, now(), language, self._known(language, at)).items():
                    out[view, language] += self._changes((view, language), html)
            self._pieces_due = at + max(PIECES_SECONDS, 3 * (time.monotonic() - begun))
        if at >= self._beat_due:
            self._beat_due = at + BEAT_SECONDS
            out = {key: told + beat() for key, told in out.items()}
        return {key: told for key, told in out.items() if told}

    def _changes(self, key: Key, html: dict[str, str]) -> bytes:
        before = self._sent.get(key, {})
        self._sent[key] = html
        if before and before.keys() != html.keys():
            return frame("renew", {})
        changed = {one: text for one, text in html.items() if before.get(one) != text}
        return frame("pieces", changed) if changed else b""

    def _known(self, language: str, at: float) -> watch.Slow:
        due, known = self._slow.get(language, (0.0, None))
        if known is None or at >= due:
            with translation.override(language):
                known = watch.slow(now())
            self._slow[language] = (at + SLOW_SECONDS, known)
        return known

    def _changed_calls(self, at: float) -> list[Call]:
        wanted = Q(id__gt=self._follower.newest)
        if missing := self._follower.missing:
            wanted |= Q(id__in=missing)
        rows = dict(CallEvent.objects.filter(wanted).order_by("id").values_list("id", "call_id"))
        fresh = self._follower.take(rows, at)
        return board.changed_calls({rows[one] for one in fresh}) if fresh else []


def newest_event() -> int:
    """Return the id of the newest event, 0 before the first."""
    return CallEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


def call_frames(changed: list[Call], language: str, event_id: int) -> bytes:
    """Return one event for each changed call; the last one carries the id up to which everything is told."""
    at: dt.datetime = now()
    told = [frame("call", board.render_call(call, at, language)) for call in changed[:-1]]
    told += [frame("call", board.render_call(call, at, language), event_id) for call in changed[-1:]]
    return b"".join(told)


def catch_up(after: int, view: str, language: str) -> bytes:
    """Return what a browser that saw everything up to event ``after`` has missed."""
    told = b""
    if view == BOARD:
        newest = newest_event()
        rows = list(CallEvent.objects.filter(id__gt=after - OVERLAP).values_list("id", "call_id"))
        # What is told again does not count: else a page with many live calls would load itself anew for ever.
        if after > newest or len({call for one, call in rows if one > after}) > MOST_CATCH_UP:
            return frame("renew", {}, newest)
        missed: set[UUID] = {call for _, call in rows}
        told = call_frames(board.changed_calls(missed), language, newest)
    return told + frame("pieces", pieces([view], now(), language)[view]) + beat()
