"""Listening to how a caller begins, so that a speech engine can suggest the language (off unless an engine is named).

The engine (media server or Asterisk) sends the voice as RTP through an external-media channel in the call's bridge, as
long as the caller alone is in it and chooses. It is held in memory only, a few seconds of it, and never written: no
recording begins before the caller was told. What is kept is the suggestion: language, confidence, model.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable

import numpy as np
import structlog

from yuqiao.engines.ari import Ari, AriError
from yuqiao.engines.speech.base import LanguageEar, SpeechError
from yuqiao.engines.speech.voice import FRAME, VoiceGate
from yuqiao.hotline.events import Event, LanguageSuggested
from yuqiao.hotline.state import CALLER, CallState, LegPhase, Phase
from yuqiao.languages.tags import service_language
from yuqiao.lib import clock
from yuqiao.lib.g711 import Samples, decode

log = structlog.get_logger(__name__)

ALAW = 8  # RFC 3551 table 4
#: Nobody is listened to for longer, in seconds: two rounds of the menu.
LONGEST = 60.0
Tell = Callable[[Event], None]


class Sink(asyncio.DatagramProtocol):
    """Takes RTP (RFC 3550 5.1) of A-law, 20 ms a packet; ``heard`` is the voice once there is enough of it."""

    def __init__(self) -> None:
        self.heard: asyncio.Future[Samples] = asyncio.get_running_loop().create_future()
        self._gate = VoiceGate()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Feed one packet to the gate; whatever is no such packet is passed over."""
        payload = payload_of(data)
        if payload is None or self.heard.done():
            return
        voice = self._gate.feed(decode(payload, ALAW).astype(np.int16))
        if voice is not None:
            self.heard.set_result(voice)

    def forget(self) -> None:
        """Let go of what was heard."""
        self._gate.forget()
        self.heard.cancel()


def payload_of(packet: bytes) -> bytes | None:
    """Return 20 ms of A-law out of an RTP packet; None for anything else."""
    if len(packet) < 12 or packet[0] >> 6 != 2 or packet[1] & 0x7F != ALAW:
        return None
    begin = 12 + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        if len(packet) < begin + 4:
            return None
        begin += 4 + 4 * struct.unpack_from("!H", packet, begin + 2)[0]
    payload = packet[begin:]
    return payload if len(payload) == FRAME else None


class Listening:
    """Listens to the calls of one call server that are about to choose. Without an ``ear`` it does nothing."""

    def __init__(self, ari: Ari, ear: LanguageEar | None, host: str) -> None:
        self._ari = ari
        self._ear = ear
        self._host = host
        self._running: dict[str, asyncio.Task[None]] = {}
        self._known: set[str] = set()

    def follow(self, call: CallState | None, tell: Tell) -> None:
        """Begin or stop listening, as the call's state asks for; each call is listened to once."""
        if self._ear is None or call is None:
            return
        if wanted(call):
            if call.id not in self._known:
                self._known.add(call.id)
                task = asyncio.create_task(self._listen(self._ear, call.id, tell))
                self._running[call.id] = task
                task.add_done_callback(lambda _task: self._running.pop(call.id, None))
        elif (running := self._running.get(call.id)) is not None:
            running.cancel()
        if call.phase is Phase.ENDED:
            self._known.discard(call.id)

    async def stop(self) -> None:
        """Listen to nobody any more."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _listen(self, ear: LanguageEar, call_id: str, tell: Tell) -> None:
        transport, sink = await asyncio.get_running_loop().create_datagram_endpoint(Sink, local_addr=(self._host, 0))
        try:
            port = transport.get_extra_info("sockname")[1]
            await self._ari.listen_in(call_id, f"{self._host}:{port}")
            async with asyncio.timeout(LONGEST):
                voice = await sink.heard
            found = await ear.language(voice)
            code = service_language([found.language]) if found.language else ""
            tell(LanguageSuggested(code, found.confidence, found.model, clock.now().timestamp()))
        except (AriError, TimeoutError):
            pass  # nobody spoke, or the caller left: nothing to suggest
        except SpeechError as error:
            log.warning("speech_engine", error=str(error))
        finally:
            sink.forget()
            transport.close()
            await self._ari.listen_no_more(call_id)


def wanted(call: CallState) -> bool:
    """Whether the caller alone is in the bridge and the language is open: then what is heard is the caller."""
    principal = call.leg(call.principal)
    return (
        call.phase is Phase.CHOOSING
        and not call.suggested
        and principal is not None
        and principal.role == CALLER
        and principal.phase is LegPhase.JOINED
        and len(call.present()) == 1
    )
