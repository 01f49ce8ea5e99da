"""A wire that loses datagrams: stands between two trunks and passes for each as the other."""

from __future__ import annotations

import asyncio
import random
import socket

from yuqiao.media.ports import Address


class LossyWire:
    """Two sockets, one facing each side. Addresses inside messages are rewritten as a gateway at the network's edge
    does, so that requests within a dialog, too, take the lossy way. ``loss`` is a probability; ``seed`` repeats it."""

    def __init__(self, left: Address, right: Address, *, loss: float, seed: int) -> None:
        self._chance = random.Random(seed)
        self._loss = loss
        self.lost = self.passed = 0
        self._facing_left, self._facing_right = (_socket() for _ in range(2))
        self.address: Address = self._facing_left.getsockname()
        other: Address = self._facing_right.getsockname()
        self._names = [(_text(left), _text(other)), (_text(self.address), _text(right))]
        self._left, self._right = left, right
        loop = asyncio.get_running_loop()
        loop.add_reader(self._facing_left, self._from_left)
        loop.add_reader(self._facing_right, self._from_right)

    def close(self) -> None:
        for sock in (self._facing_left, self._facing_right):
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()

    def _from_left(self) -> None:
        data = self._facing_left.recv(65_535)
        for inner, outer in self._names:
            data = data.replace(inner, outer)
        self._pass(data, self._facing_right, self._right)

    def _from_right(self) -> None:
        data = self._facing_right.recv(65_535)
        for inner, outer in self._names:
            data = data.replace(outer, inner)
        self._pass(data, self._facing_left, self._left)

    def _pass(self, data: bytes, sock: socket.socket, to: Address) -> None:
        if self._chance.random() < self._loss:
            self.lost += 1
        else:
            self.passed += 1
            sock.sendto(data, to)


def _socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind(("127.0.0.1", 0))
    return sock


def _text(address: Address) -> bytes:
    return f"{address[0]}:{address[1]}".encode()
