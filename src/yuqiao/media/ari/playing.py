"""Playing prompts and tones to a channel or a bridge; those of one target wait for each other, as in Asterisk."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from yuqiao.media.ari.errors import AriError, missing, unsupported
from yuqiao.media.ari.playbacks import Playback, sound
from yuqiao.media.ari.switch import Switch
from yuqiao.media.ports import MixerError, PlayTarget


class Playing:
    """Verbs on playbacks. The first of each queue is the one the mixer has."""

    def __init__(self, switch: Switch) -> None:
        self.switch = switch
        self._queues: dict[PlayTarget, list[Playback]] = defaultdict(list)

    def play(self, target: PlayTarget, media: Sequence[str], playback_id: str, apps: set[str]) -> Playback:
        """Queue ``media`` for ``target``. AriError 400 for media nobody can play, 409 when the id is taken."""
        if not media:
            raise AriError(400, "Missing parameter media")
        if playback_id in self.switch.playbacks:
            raise AriError(409, "Playback with given unique ID already exists")
        sounds = tuple(sound(uri, self.switch.sounds, self.switch.recordings_folder) for uri in media)
        playback = Playback(playback_id or self.switch.new_id(), tuple(media), sounds, target, apps)
        self.switch.playbacks[playback.id] = playback
        queue = self._queues[target]
        queue.append(playback)
        if queue[0] is playback:
            self.switch.spawn(self._start(playback))
        return playback

    async def _start(self, playback: Playback) -> None:
        kind, name = playback.target
        channel = self.switch.channels.get(name) if kind == "leg" else None
        if channel is None:
            await self._hand_over(playback)
        else:
            async with channel.lock:
                await self._hand_over(playback)

    async def _hand_over(self, playback: Playback) -> None:
        if self.switch.playbacks.get(playback.id) is not playback or playback.state != "queued":
            return
        if playback.target[0] == "conference" and not self._has_members(playback.target[1]):
            return  # Nobody is in the bridge yet; `resume` starts it when somebody enters.
        playback.state = "starting"
        try:
            await self.switch.mixer.play(playback.id, playback.target, playback.sounds)
            if playback.stop_asked:
                await self.switch.mixer.stop_playback(playback.id)
        except Exception as error:
            self.finished(playback.id, "failed", None)  # whatever happened, the next prompt must get its turn
            if not isinstance(error, MixerError):
                raise

    def _has_members(self, bridge_id: str) -> bool:
        bridge = self.switch.bridges.get(bridge_id)
        return bridge is not None and bool(bridge.members)

    def resume(self, target: PlayTarget) -> None:
        """Start what waits at the head of ``target``'s queue."""
        queue = self._queues.get(target)
        if queue:
            self.switch.spawn(self._start(queue[0]))

    async def stop(self, playback_id: str) -> None:
        """``DELETE /playbacks/{id}``: it ends as done, also when it had not begun. AriError 404."""
        playback = self.get(playback_id)
        playback.stop_asked = True
        if playback.state == "queued":
            self.finished(playback_id, "stopped", None)
            return
        try:
            await self.switch.mixer.stop_playback(playback_id)
        except MixerError:
            self.finished(playback_id, "stopped", None)

    async def control(self, playback_id: str, operation: str) -> None:
        """``POST …/control``: Asterisk's operations are 501 here, ``stop`` is our own, others 400."""
        self.get(playback_id)
        if operation == "stop":
            await self.stop(playback_id)
        elif operation in {"restart", "pause", "unpause", "reverse", "forward"}:
            raise unsupported(f"Playback operation {operation}")
        else:
            raise AriError(400, f"Invalid operation {operation}")

    def get(self, playback_id: str) -> Playback:
        """Return a playback that has not finished; AriError 404."""
        if playback_id not in self.switch.playbacks:
            raise missing("Playback")
        return self.switch.playbacks[playback_id]

    def started(self, playback_id: str, at: dt.datetime) -> None:
        """The mixer sends the first sample."""
        playback = self.switch.playbacks.get(playback_id)
        if playback is not None:
            playback.state = "playing"
            self.switch.events.publish("PlaybackStarted", playback.apps, at, playback=playback.as_json())

    def finished(self, playback_id: str, how: str, at: dt.datetime | None) -> None:
        """A playback is over (``done``, ``stopped`` or ``failed``): tell it and begin the next of its queue."""
        playback = self.switch.playbacks.pop(playback_id, None)
        if playback is None:
            return
        playback.state = "failed" if how == "failed" else "done"
        queue = self._queues[playback.target]
        queue.remove(playback)
        self.switch.events.publish("PlaybackFinished", playback.apps, at, playback=playback.as_json())
        if queue:
            self.switch.spawn(self._start(queue[0]))
        else:
            del self._queues[playback.target]

    def abandon(self, target: PlayTarget) -> None:
        """``target`` is gone: what still waits for it has failed, last ones first so that none begins."""
        for playback in reversed(self._queues.get(target, []).copy()):
            self.finished(playback.id, "failed", None)
