"""G.711 tables against the standard's segment boundaries and, where Python still has it, against audioop."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.lib import g711


def linear(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int16)


#: G.711 table 1a: decision values (13 bits with sign, here positive), and the code of the interval beginning there,
#: before inversion of even bits.
ALAW_BOUNDARIES = [
    (0, 0x80), (2, 0x81), (32, 0x90), (64, 0xA0), (128, 0xB0), (256, 0xC0), (512, 0xD0), (1024, 0xE0), (2048, 0xF0),
    (3968, 0xFF),
]  # fmt: skip
#: G.711 table 2a: decision values (14 bits, positive), and the code of the interval beginning there.
ULAW_BOUNDARIES = [
    (0, 0xFF), (1, 0xFE), (31, 0xEF), (95, 0xDF), (223, 0xCF), (479, 0xBF), (991, 0xAF), (2015, 0x9F), (4063, 0x8F),
    (7903, 0x80),
]  # fmt: skip


@pytest.mark.parametrize(("value", "code"), ALAW_BOUNDARIES)
def test_alaw_intervals_begin_where_the_standard_says(value: int, code: int) -> None:
    assert g711.encode(linear(value * 8), g711.PCMA)[0] == code ^ 0x55
    if value:
        assert g711.encode(linear(value * 8 - 1), g711.PCMA)[0] == (code - 1) ^ 0x55


@pytest.mark.parametrize(("value", "code"), ULAW_BOUNDARIES)
def test_ulaw_intervals_begin_where_the_standard_says(value: int, code: int) -> None:
    assert g711.encode(linear(value * 4), g711.PCMU)[0] == code
    if value:
        assert g711.encode(linear(value * 4 - 1), g711.PCMU)[0] == code + 1


def test_the_loudest_and_the_softest_values_of_the_standard() -> None:
    assert g711.decode(bytes([0xAA, 0x2A, 0xD5, 0x55]), g711.PCMA).tolist() == [32256, -32256, 8, -8]
    assert g711.decode(bytes([0x80, 0x00, 0xFF, 0x7F]), g711.PCMU).tolist() == [32124, -32124, 0, 0]


@pytest.mark.parametrize("law", [g711.PCMA, g711.PCMU])
def test_every_code_survives_decoding_and_encoding(law: int) -> None:
    codes = bytes(range(256))
    again = g711.encode(g711.decode(codes, law), law)
    expected = bytes(0xFF if law == g711.PCMU and code == 0x7F else code for code in codes)  # -0 becomes +0
    assert again == expected


@given(st.integers(-32768, 32767), st.sampled_from([g711.PCMA, g711.PCMU]))
def test_the_error_stays_within_half_a_step(value: int, law: int) -> None:
    decoded = int(g711.decode(g711.encode(linear(value), law), law)[0])
    largest = {g711.PCMA: 32256, g711.PCMU: 32124}[law]
    step = max(16, abs(value) / 16)
    assert abs(decoded - max(-largest - step / 2, min(largest + step / 2, value))) <= step / 2 + 8


def test_agrees_with_audioop() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        audioop = pytest.importorskip("audioop")
    codes = bytes(range(256))
    everything = np.arange(-32768, 32768).astype(np.int16)
    positive = everything[everything >= 0]
    assert g711.decode(codes, g711.PCMA).tobytes() == audioop.alaw2lin(codes, 2)
    assert g711.decode(codes, g711.PCMU).tobytes() == audioop.ulaw2lin(codes, 2)
    assert g711.encode(everything, g711.PCMA) == audioop.lin2alaw(everything.tobytes(), 2)
    # audioop rounds negative samples away from zero in µ-law; the reference software does not.
    assert g711.encode(positive, g711.PCMU) == audioop.lin2ulaw(positive.tobytes(), 2)
