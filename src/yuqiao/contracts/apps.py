"""Suppliers, contracts, what they deliver."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "yuqiao.contracts"
    label = "contracts"
    verbose_name = "合同"
