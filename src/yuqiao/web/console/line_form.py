"""The form of one line; what it may say is decided by the registry's rules, not here."""

from __future__ import annotations

from typing import Any

from django import forms

from yuqiao.accounts.models import Department
from yuqiao.hotline.lines import LineError
from yuqiao.hotline.registry import Entry
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.web.console import line_words, words

DAYS = ("merged_from", "merged_until", "valid_from", "valid_until")


def departments() -> list[tuple[str, str]]:
    """Return each department's code and its name for this reader."""
    chinese = words.reads_chinese()
    rows = Department.objects.order_by("code").values_list("code", "name_zh", "name_en")
    return [(code, zh if chinese else en or zh) for code, zh, en in rows]


class LineForm(forms.Form):
    """All fields of an `Entry`."""

    number = forms.CharField(max_length=32)
    name_zh = forms.CharField(max_length=80)
    name_en = forms.CharField(max_length=80, required=False)
    line_class = forms.ChoiceField()
    owner = forms.ChoiceField(required=False)
    agent_contact = forms.CharField(max_length=200, required=False)
    priority = forms.IntegerField()
    recording = forms.ChoiceField()
    linked = forms.BooleanField(required=False)
    valid_from = forms.DateField(required=False)
    valid_until = forms.DateField(required=False)
    merged_into = forms.CharField(max_length=32, required=False)
    merged_from = forms.DateField(required=False)
    merged_until = forms.DateField(required=False)
    languages = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    excludes = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, initial: dict[str, Any], fixed_number: str = "") -> None:
        super().__init__(data, initial=initial, label_suffix="")
        for name, field in self.fields.items():
            field.label = words.word(line_words.FIELDS, name)
        for name in DAYS:
            self.fields[name].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        self._choices("owner", [("", "–"), *departments()])
        self._choices("line_class", [(code, str(name)) for code, name in line_words.CLASSES.items()])
        self._choices("recording", [(code, str(name)) for code, name in line_words.RECORDING.items()])
        self._choices("languages", [(code, words.language_name(code)) for code in FOREIGN])
        self._choices("excludes", [(code, str(name)) for code, name in line_words.EXCLUSIONS.items()])
        if fixed_number:
            self.fields["number"].disabled = True
            self.initial["number"] = fixed_number

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
        field.choices = choices

    def entry(self) -> Entry:
        """Return what was filled in."""
        said = dict(self.cleaned_data)
        said |= {name: tuple(said[name]) for name in ("languages", "excludes")}
        return Entry(**said)

    def refuse(self, error: LineError) -> None:
        """Show what the registry found wrong, each at its field."""
        for one in error.faults:
            self.add_error(one.field if one.field in self.fields else None, line_words.fault_sentence(one))


class AgreementForm(forms.Form):
    """An agreement of one line: without the day of signing, the department is still to be covered."""

    department = forms.CharField(max_length=32)
    signed_on = forms.DateField(required=False)
    valid_until = forms.DateField(required=False)
