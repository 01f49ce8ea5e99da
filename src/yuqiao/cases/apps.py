"""Work orders with departments."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yuqiao.cases"
    label = "cases"
    verbose_name = "工单"
