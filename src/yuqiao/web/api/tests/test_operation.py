"""Health, readiness and figures of operation."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from yuqiao.accounts import tokens
from yuqiao.accounts.services import create_person
from yuqiao.hotline.models import Call, InterpreterRequest, Lease
from yuqiao.lib.clock import now

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def lease() -> None:
    Lease.objects.create(name="calls", holder="x", until=now() + dt.timedelta(seconds=30))


def test_alive_is_whoever_answers(client: Client) -> None:
    assert client.get("/health/live").json() == {"live": True}


def test_ready_wants_a_database_and_a_call_server(client: Client) -> None:
    absent = client.get("/health/ready")
    assert (absent.status_code, absent.json()["parts"]["calls"]) == (503, "absent")
    lease()
    fit = client.get("/health/ready")
    assert (fit.status_code, fit.json()["ready"]) == (200, True)


def test_missing_migrations_are_not_ready(client: Client) -> None:
    lease()
    MigrationRecorder.Migration.objects.filter(app="hotline").latest("id").delete()
    behind = client.get("/health/ready")
    assert (behind.status_code, behind.json()["parts"]["database"]) == (503, "behind")


def test_a_database_that_does_not_answer_is_not_ready(client: Client) -> None:
    def refuse(*_args: object) -> None:
        raise DatabaseError("gone")

    with connection.execute_wrapper(refuse):
        gone = client.get("/health/ready")
    assert (gone.status_code, gone.json()["parts"]["database"]) == (503, "unreachable")


def test_figures_of_operation_are_for_tokens_of_their_scope(client: Client) -> None:
    assert client.get("/metrics").status_code == 401
    person = create_person("p", by=None)
    _, other = tokens.issue(person, "x", [tokens.Scope.STATUS], 1, by=None)
    assert client.get("/metrics", headers={"Authorization": f"Bearer {other}"}).status_code == 403


def test_prometheus_reads_what_the_rows_say(client: Client) -> None:
    lease()
    at = now()
    call = Call.objects.create(dialled="12345", started_at=at, language="ar")
    InterpreterRequest.objects.create(call=call, language="ar", created_at=at - dt.timedelta(seconds=40))
    _, secret = tokens.issue(create_person("p", by=None), "prometheus", [tokens.Scope.METRICS], 1, by=None)
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {secret}"})
    families = {one.name: one for one in text_string_to_metric_families(answer.content.decode())}
    assert families["yuqiao_calls_running"].samples[0].value == 1
    assert families["yuqiao_call_server_active"].samples[0].value == 1
    (waiting,) = families["yuqiao_waiting_seconds"].samples
    assert waiting.labels == {"language": "ar"}
    assert 40 <= waiting.value < 100
