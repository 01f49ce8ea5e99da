"""What the ARI face answers when it cannot do what it was asked."""

from __future__ import annotations


class AriError(Exception):
    """A request that ends with ``status`` and ``{"message": message}``, as Asterisk words it where it has words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def body(self) -> dict[str, str]:
        """Return the JSON Asterisk would send; its allocation failures alone use the key ``error``."""
        return {"error": self.message} if self.message == ALLOCATION_FAILED else {"message": self.message}


ALLOCATION_FAILED = "Allocation failed"


def missing(what: str) -> AriError:
    """Return the 404 for a ``what`` (Channel, Bridge, Playback, Recording) nobody knows."""
    return AriError(404, f"{what} not found")


def unsupported(what: str) -> AriError:
    """Return the 501 for a part of ARI that this media server does not have."""
    return AriError(501, f"{what} is not supported by this media server")
