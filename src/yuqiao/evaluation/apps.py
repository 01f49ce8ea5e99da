"""Projects, indicators, evidence, self-evaluation."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "yuqiao.evaluation"
    label = "evaluation"
    verbose_name = "绩效评价"
