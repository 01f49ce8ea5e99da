"""Ports that are taken are passed over; the demonstration never touches the site's own database."""

from __future__ import annotations

import os
import socket
import sqlite3
from pathlib import Path

import pytest

from yuqiao.demo import stage


def test_a_port_that_is_taken_by_udp_or_tcp_is_passed_over() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind((stage.HOST, 0))
        tcp.bind((stage.HOST, 0))
        tcp.listen()
        taken = [udp.getsockname()[1], tcp.getsockname()[1]]
        chosen = stage._first_free(*taken)
    assert chosen not in taken
    assert chosen > 1023


def test_ports_follow_the_base_that_is_asked_for() -> None:
    assert stage.choose_ports(31000) == stage.Ports(31000, 31001, 31002, 31003)


def test_the_stage_has_a_database_of_its_own_and_keeps_sounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site.sqlite3"
    sqlite3.connect(site).close()
    monkeypatch.setattr(os, "environ", os.environ.copy() | {"DATABASE_URL": f"sqlite:///{site}"})
    folder = tmp_path / "demo"
    for name in ("sounds/yuqiao/en/menu.wav", "recordings/old.wav", "yuqiao.sqlite3", "yuqiao.sqlite3-wal"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    stage.prepare(folder, stage.Ports(1, 2, 3, 4))
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) == [
        "sounds/yuqiao/en/menu.wav"
    ]
    assert site.exists()
    assert "DATABASE_URL" not in os.environ
    assert os.environ["YUQIAO_VAR_DIR"] == str(folder)
    first = os.environ["YUQIAO_ARI_PASSWORD"], os.environ["YUQIAO_SECRET_KEY"]
    stage.prepare(folder, stage.Ports(1, 2, 3, 4))
    assert first != (os.environ["YUQIAO_ARI_PASSWORD"], os.environ["YUQIAO_SECRET_KEY"])
