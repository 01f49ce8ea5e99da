"""Who speaks now, as browsers are told it: in the packets themselves, by the CSRC list of RFC 3550 section 5.1. No I/O.

That list is what it is for ("allowing the receiver to indicate the current talker"), needs no signalling, comes exactly
with the sound it speaks of, and any browser reads it (`RTCRtpReceiver.getContributingSources`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import Samples

#: Ticks from one look to the next. A syllable takes 200 ms.
EVERY: Final = 5
#: A frame is somebody's voice from this level on, in dB below full scale (root mean square); rooms lie 10 dB below.
SPEAKS_DB: Final = -42.0
#: As many fit into a header (section 5.1: CC has four bits).
MOST: Final = 15
_POWER: Final = (32768.0 * 10 ** (SPEAKS_DB / 20)) ** 2


def loud(voices: Samples) -> NDArray[np.bool_]:
    """Tell of each row of ``voices`` (``(legs, samples)``) whether it is a voice."""
    frames = voices.astype(np.float32)
    power: NDArray[np.float32] = np.einsum("ij,ij->i", frames, frames)
    speaks: NDArray[np.bool_] = power >= _POWER * voices.shape[1]
    return speaks
