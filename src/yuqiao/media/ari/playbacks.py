"""One playback, how ARI shows it, and what its media URIs mean. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yuqiao.media.ari.errors import AriError, unsupported
from yuqiao.media.ari.names import inside
from yuqiao.media.ports import PlayTarget

TONES = {"tone:ring", "tone:busy", "tone:beep"}


@dataclass(eq=False)
class Playback:
    """``media`` as asked for, to a channel or a bridge; those of one target play one after the other."""

    id: str
    media: tuple[str, ...]
    sounds: tuple[str, ...]
    target: PlayTarget
    apps: set[str]
    language: str = "en"
    state: str = "queued"
    stop_asked: bool = False

    @property
    def target_uri(self) -> str:
        kind, name = self.target
        return f"{'bridge' if kind == 'conference' else 'channel'}:{name}"

    def as_json(self) -> dict[str, Any]:
        """Return the Playback model of ARI; several media are one playback, so it shows the first and the second."""
        following = {"next_media_uri": self.media[1]} if len(self.media) > 1 and self.state != "done" else {}
        return {
            "id": self.id,
            "media_uri": self.media[0],
            **following,
            "target_uri": self.target_uri,
            "language": self.language,
            "state": self.state,
        }


def sound(uri: str, sounds: Path, recordings: Path) -> str:
    """Return what the mixer plays for media URI ``uri``: a WAV file's absolute path, or the tone itself.

    ``sound:PATH`` and ``recording:NAME`` lie inside their folders, else AriError 400. A file that does not exist is
    no error here: like in Asterisk the playback itself fails.
    """
    scheme, _, name = uri.partition(":")
    if scheme == "sound":
        return str(inside(sounds, name, ".wav"))
    if scheme == "recording":
        return str(inside(recordings, name, ".wav"))
    if uri in TONES:
        return uri
    if scheme in {"tone", "number", "digits", "characters"}:
        raise unsupported(f"Media {scheme}: other than tone:ring, tone:busy and tone:beep")
    raise AriError(400, "Media URI must begin with sound:, recording: or tone:")
