"""People, roles, departments, districts and the journal."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "yuqiao.accounts"
    label = "accounts"
    verbose_name = "账户与日志"
