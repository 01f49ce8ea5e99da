"""A running mixer, as the mixer's own tests have it."""

from yuqiao.media.tests.mixer.conftest import studio

__all__ = ["studio"]
