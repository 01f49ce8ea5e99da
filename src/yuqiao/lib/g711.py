"""G.711 by table: A-law (PCMA, RTP payload type 8) and µ-law (PCMU, payload type 0) to and from 16-bit samples.

The tables come from the segment formulas of ITU-T G.711 (11/88), tables 1a/1b (A-law) and 2a/2b (µ-law). Linear values
are left-justified to 16 bits: A-law's 13-bit values times 8, µ-law's 14-bit values times 4. A negative sample takes the
interval of its one's complement, as in ITU-T G.191's reference software, so that both signs are treated alike.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
Codes = NDArray[np.uint8]

PCMU: Final = 0
PCMA: Final = 8
SAMPLE_RATE: Final = 8000

_ULAW_BIAS = 33  # G.711 table 2a: the decision values are 33 below powers of two
_ULAW_CLIP = 8158


def _alaw_to_linear() -> Samples:
    code = np.arange(256) ^ 0x55  # even bits are inverted, G.711 section 3.2
    segment, step = code >> 4 & 7, code & 15
    straight = (2 * step + 1) << 3
    magnitude = np.where(segment == 0, straight, (straight + (32 << 3)) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _linear_to_alaw() -> Codes:
    sample = np.arange(-32768, 32768)
    magnitude = np.where(sample < 0, ~sample, sample) >> 4  # 12 bits: the 13th only tells 2n from 2n + 1
    segment = np.maximum(np.frexp(magnitude >> 4)[1], 0)
    step = magnitude >> np.maximum(segment - 1, 0) & 15
    codes: Codes = ((np.where(sample < 0, 0, 0x80) | segment << 4 | step) ^ 0x55).astype(np.uint8)
    return codes


def _ulaw_to_linear() -> Samples:
    code = np.arange(256) ^ 0xFF
    magnitude = ((2 * (code & 15) + _ULAW_BIAS) << (code >> 4 & 7)) - _ULAW_BIAS
    return (np.where(code & 0x80, -magnitude, magnitude) * 4).astype(np.int16)


def _linear_to_ulaw() -> Codes:
    sample = np.arange(-32768, 32768)
    biased = np.minimum(np.where(sample < 0, ~sample, sample) >> 2, _ULAW_CLIP) + _ULAW_BIAS
    segment = np.frexp(biased >> 5)[1] - 1
    step = biased >> (segment + 1) & 15
    codes: Codes = ((np.where(sample < 0, 0x80, 0) | segment << 4 | step) ^ 0xFF).astype(np.uint8)
    return codes


#: code -> sample, 256 entries each
ALAW_TO_LINEAR: Final[Samples] = _alaw_to_linear()
ULAW_TO_LINEAR: Final[Samples] = _ulaw_to_linear()
#: sample + 32768 -> code, 65536 entries each
LINEAR_TO_ALAW: Final[Codes] = _linear_to_alaw()
LINEAR_TO_ULAW: Final[Codes] = _linear_to_ulaw()

_DECODE = {PCMU: ULAW_TO_LINEAR, PCMA: ALAW_TO_LINEAR}
_ENCODE = {PCMU: LINEAR_TO_ULAW, PCMA: LINEAR_TO_ALAW}


def decode(payload: bytes | bytearray | memoryview, payload_type: int) -> Samples:
    """Return the samples of ``payload`` (one octet each); KeyError when ``payload_type`` is neither 0 nor 8."""
    return _DECODE[payload_type][np.frombuffer(payload, dtype=np.uint8)]


def encode(samples: Samples, payload_type: int) -> bytes:
    """Return ``samples`` (int16) as G.711 octets; KeyError when ``payload_type`` is neither 0 nor 8."""
    return _ENCODE[payload_type][samples.astype(np.int32) + 32768].tobytes()
