"""Both samples in the test database, each written once for all tests of a module and gone after them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from yuqiao.evaluation.models import Project
from yuqiao.samples import writing
from yuqiao.samples.beijing import BEIJING
from yuqiao.samples.guangzhou import GUANGZHOU
from yuqiao.samples.tables import City


@contextlib.contextmanager
def _written(city: City, blocker: DjangoDbBlocker) -> Iterator[Project]:
    """Write a sample in a transaction that never ends well; each test's own lies within."""
    with blocker.unblock(), transaction.atomic():
        yield writing.write(city, writing.cast())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def _beijing(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Project]:
    with _written(BEIJING, django_db_blocker) as project:
        yield project


@pytest.fixture
def beijing(_beijing: Project, db: None) -> Project:
    """Return the project as its rows are; what a test changes is forgotten after it."""
    return Project.objects.get(pk=_beijing.pk)


@pytest.fixture(scope="module")
def _guangzhou(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Project]:
    with _written(GUANGZHOU, django_db_blocker) as project:
        yield project


@pytest.fixture
def guangzhou(_guangzhou: Project, db: None) -> Project:
    """Return the project as its rows are; what a test changes is forgotten after it."""
    return Project.objects.get(pk=_guangzhou.pk)
