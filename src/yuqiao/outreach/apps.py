"""Campaigns, activities, videos, honours."""

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "yuqiao.outreach"
    label = "outreach"
    verbose_name = "宣传推广"
