"""Lines, calls and the three-party call."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class HotlineConfig(AppConfig):
    name = "yuqiao.hotline"
    label = "hotline"
    verbose_name = "多语种热线"

    def ready(self) -> None:
        """ImproperlyConfigured where days are set for a class that no line has."""
        from yuqiao.hotline.models import LineClass  # noqa: PLC0415 (models are there from now on)

        unknown = settings.RECORDINGS_DAYS.keys() - {"", *LineClass.values}
        if unknown:
            said = f"YUQIAO_RECORDINGS_DAYS names no classes of lines: {', '.join(sorted(unknown))}"
            raise ImproperlyConfigured(f"{said}; there are {', '.join(LineClass.values)}")
