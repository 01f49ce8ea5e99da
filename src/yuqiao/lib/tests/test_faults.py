"""What a log says of an exception: where it came from, never what it said."""

from __future__ import annotations

from yuqiao.lib.faults import where


def complain(number: str) -> None:
    raise ValueError(f"no such caller: {number}")


def test_the_place_is_named_and_the_message_is_not() -> None:
    try:
        complain("13900000001")
    except ValueError as error:
        told = where(error)
    assert told.startswith("ValueError at test_faults.py:")
    assert "complain" in told
    assert "13900000001" not in told


def test_an_exception_that_was_never_raised_is_named_by_its_kind() -> None:
    assert where(KeyError("secret")) == "KeyError"
