"""What the registry of lines is called on the page: fields, classes, exclusions, and the sentence of each fault."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yuqiao.lib.tables import Fault
from yuqiao.web.console.words import Words, word

CLASSES: Words = {
    "emergency": _("Emergency"),
    "government": _("Government service"),
    "public": _("Public service"),
    "own": _("Our own"),
}
EXCLUSIONS: Words = {"judicial": _("Judicial matters"), "secret": _("Classified matters")}
RECORDING: Words = {
    "always": _("Always, by legal duty"),
    "ask": _("Unless the caller refuses"),
    "never": _("Never"),
}
FIELDS: Words = {
    "number": _("Number"),
    "name_zh": _("Chinese name"),
    "name_en": _("English name"),
    "line_class": _("Class"),
    "owner": _("Owner"),
    "agent_contact": _("Agents' SIP address"),
    "priority": _("Priority"),
    "recording": _("Recording"),
    "linked": _("One of the city's linked lines"),
    "merged_into": _("Merged into"),
    "merged_from": _("Merged from"),
    "merged_until": _("Merged until"),
    "into": _("Merged into"),
    "since": _("Merged from"),
    "until": _("Merged until"),
    "valid_from": _("In service from"),
    "valid_until": _("In service until"),
    "languages": _("Languages its callers often speak"),
    "excludes": _("Its calls must not be about"),
    "line": _("Line"),
    "department": _("Department"),
    "signed_on": _("Signed on"),
    "way_in": _("Way in"),
    "language": _("Language"),
}
DEPARTMENT_FIELDS: Words = {
    "code": _("Code"),
    "name_zh": _("Chinese name"),
    "name_en": _("English name"),
    "parent": _("Code of the one above it"),
}
FAULTS: Words = {
    "department_ring": _("It would stand above itself."),
    "missing": _("This must be filled in."),
    "taken": _("There is a line {text} already."),
    "too_long": _("At most {most} characters."),
    "unprintable": _("Holds line breaks, invisible signs or blanks at its ends."),
    "not_digits": _("A line's number has digits only, “{text}” has others."),
    "unknown_class": _("There is no class “{text}”."),
    "unknown_way_in": _("There is no way in “{text}”."),
    "unknown_recording": _("There is no way of recording “{text}”."),
    "priority_range": _("A priority is between 0 and {most}."),
    "not_sip": _("A SIP address begins with sip: or sips:."),
    "unknown_language": _("“{text}” is not a service language; use codes such as en or ja."),
    "unknown_exclusion": _("“{text}” is nothing a line can exclude."),
    "twice": _("“{text}” stands there twice."),
    "ends_before_it_begins": _("The last day is before the first."),
    "date_without_merger": _("A day of merging without the line it is merged into."),
    "merged_into_itself": _("A line cannot be merged into itself."),
    "merger_without_date": _("From which day is it merged?"),
    "merger_ring": _("Merged in a circle: {text}."),
    "merger_chain": _("{text} is itself merged into {into}; merge into {into} directly."),
    "merged_already": _("It is merged into {text} already, from that day on or later."),
    "mergers_overlap": _("Another merger of this line holds on some of these days."),
    "others_merged_into_it": _("Others are merged into this line: {text}."),
    "unknown_line": _("There is no line {text}."),
    "unknown_number": _("We are not dialled at {text} for this line."),
    "unknown_department": _("There is no department of code “{text}”."),
    "end_without_signature": _("An end without the day of signing."),
    "merged": _("The cell is merged with another; divide them and write the value into each."),
    "which_sheet": _("The workbook holds several sheets; name the one that is meant “{text}”."),
    "not_a_time": _("“{text}” is not a time of the day; write it as 08:30."),
    "formula": _("A formula; write its value instead."),
    "not_a_day": _("“{text}” is not a day; write it as 2021-07-01."),
    "not_a_number": _("“{text}” is not a whole number."),
    "not_yes_or_no": _("Write 是 or 否, not “{text}”."),
    "row_twice": _("Stands in row {text} already."),
    "cell_without_column": _("“{text}” stands beyond the last column."),
    "unknown_column": _("There is no column “{text}”."),
    "column_twice": _("The column “{text}” stands there twice."),
    "column_missing": _("The column “{text}” is missing."),
    "unknown_sheet": _("There is no sheet “{text}”."),
    "empty_file": _("The file holds no table."),
    "not_a_table": _("The file is neither a workbook (xlsx) nor CSV."),
    "too_many_rows": _("The table is larger than any registry of lines."),
    "file_too_large": _("The file is larger than {most} MB."),
}


def fault_sentence(fault: Fault) -> str:
    """Return what is wrong, in the reader's language."""
    sentence = word(FAULTS, fault.code)
    for name, value in fault.facts:
        sentence = sentence.replace("{" + name + "}", value)
    return sentence
