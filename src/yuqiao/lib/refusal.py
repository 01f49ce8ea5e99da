"""Why something is not done as asked: a code that does not change, and a sentence in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

#: Code -> what a person reads (Chinese, English); fields in braces are filled in.
Sentences = Mapping[str, tuple[str, str]]


class RefusalError(ValueError):
    """What was asked cannot be done so; a subclass names its ``sentences``. ``str`` is English, ``zh`` Chinese.

    KeyError for a code without a sentence, or a sentence whose fields are not given.
    """

    sentences: ClassVar[Sentences] = {}

    def __init__(self, code: str, /, **fields: object) -> None:
        zh, en = self.sentences[code]
        super().__init__(en.format(**fields))
        self.code = code
        self.fields = fields
        self.zh = zh.format(**fields)
