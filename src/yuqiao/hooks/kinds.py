"""What partners' systems can be told of: one visible list. Pure.

Payloads are thin: ids and states, never a person. The receiver asks the open interface for more, with its own token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event: what it tells (Chinese, English), and an example of its ``data``."""

    name: str
    zh: str
    en: str
    example: Mapping[str, Any]


def _request(name: str, state: str, outcome: str, zh: str, en: str) -> Kind:
    return Kind(f"request.{name}", zh, en, {"id": 81, "state": state, "outcome": outcome})


def _case(name: str, state: str, zh: str, en: str) -> Kind:
    return Kind(f"case.{name}", zh, en, {"id": 17, "state": state, "department": "housing"})


def _service(name: str, zh: str, en: str) -> Kind:
    return Kind(f"service.{name}", zh, en, {"service": "calls", "line": ""})


TEST = "hook.test"
ALL = (
    _request("queued", "waiting", "", "译员请求已排队", "A request of yours waits for an interpreter."),
    _request("ringing", "calling", "", "正在呼叫", "For a request of yours phones ring."),
    _request("answered", "talking", "", "已接通", "Person and interpreter hear each other."),
    _request("ended", "done", "answered", "已结束", "The call of a request is over, or it was taken back."),
    _request(
        "failed", "done", "not_reached", "未成功", "A request was given up: nobody was reached, or it was missed."
    ),
    _case("assigned", "open", "工单已派发", "A work order was opened for a department, or handed on to another one."),
    _case("changed", "answered", "工单有变化", "Something was done to a work order."),
    _case("closed", "closed", "工单已办结", "A work order was closed."),
    _service("down", "服务中断", "A part of the platform, or a partner line, is away."),
    _service("up", "服务恢复", "It is there again."),
)
#: Those one may ask for, by name.
BY_NAME: Mapping[str, Kind] = MappingProxyType({one.name: one for one in ALL})
#: Sent at a person's wish only, to try an address.
TEST_KIND = Kind(TEST, "测试", "Somebody tries whether your address takes our events.", {"hook": 3})
