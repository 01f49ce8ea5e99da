"""Interpreters, the languages they hold, and their shifts."""

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "yuqiao.workforce"
    label = "workforce"
    verbose_name = "译员队伍"
