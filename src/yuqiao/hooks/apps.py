"""Webhooks: what changed is told to partners' systems, signed and at least once."""

from django.apps import AppConfig


class HooksConfig(AppConfig):
    name = "yuqiao.hooks"
    label = "hooks"
    verbose_name = "事件推送"
