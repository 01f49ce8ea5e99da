"""Lines, calls and the three-party call."""

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "yuqiao.hotline"
    label = "hotline"
    verbose_name = "多语种热线"
