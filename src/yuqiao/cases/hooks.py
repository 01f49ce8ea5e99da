"""Partners' systems are told of work orders: those of the department it belongs to, and of whoever sees all of them."""

from __future__ import annotations

from django.db.models import Q

from yuqiao.accounts.models import Role
from yuqiao.cases.models import WorkOrder
from yuqiao.hooks.publishing import Thin, publish

#: Who sees every order on the pages; a clerk sees those of the own department.
SEE_ALL = (Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR)


def tell(order: WorkOrder, what: str, *departments: int) -> None:
    """Write down that an order was ``assigned``, ``changed`` or ``closed``; in the transaction that did it.

    ``departments``: further ones that are told, as the one that had it before.
    """
    mine = Q(person__grants__role=Role.CLERK, person__department__in=[order.department_id, *departments])
    data: Thin = {"id": order.pk, "state": str(order.state), "department": order.department.code}
    publish(f"case.{what}", f"case:{order.pk}", data, mine | Q(person__grants__role__in=SEE_ALL))
