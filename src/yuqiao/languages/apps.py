"""Service languages and the terms that interpreters look up."""

from django.apps import AppConfig


class LanguagesConfig(AppConfig):
    name = "yuqiao.languages"
    label = "languages"
    verbose_name = "语种与术语"
