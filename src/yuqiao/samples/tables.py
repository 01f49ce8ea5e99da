"""What a source prints and what we plan instead of it: plain data. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Printed:
    """One indicator cell by cell as its source prints it, defects too; empty where the source prints nothing."""

    source: str
    level1: str
    level2: str
    name: str
    target: str
    actual: str
    weight: str
    points: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Differs:
    """A cell that we print otherwise than the source: ``column`` is a field of `Printed`, ``why`` an S-number and a
    sentence."""

    column: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a compound indicator (S126)."""

    name: str
    target: str
    weight: Decimal
    formula: str
    deadline: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that is handed in with its file; ``kind`` is a code of `evidence_kinds`."""

    kind: str
    title: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class Judged:
    """An actual that a person enters: how it came out, on what grounds, and the papers that say so.

    ``value`` for a counted indicator, ``done`` (`scoring.Done`) for a qualitative one.
    """

    done: str
    basis: str
    papers: tuple[Paper, ...]
    text: str = ""
    share: Decimal | None = None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """One indicator as we plan it. ``target`` is read by `targets.read_target`; ``strand`` counts from 0.

    ``cause`` is the source's, ``remedy`` invented where the source gives none, although its column asks for one.
    """

    printed: Printed
    target: str
    weight: Decimal
    formula: str = "entered"
    strand: int | None = None
    deadline: dt.date | None = None
    parts: tuple[Part, ...] = ()
    judged: Judged | None = None
    cause: str = ""
    remedy: str = ""
    differs: tuple[Differs, ...] = ()

    def ours(self, column: str) -> str:
        """Return what we print in a column: the source's text, or ours where it differs."""
        if column == "remark":
            return "".join(one if one.endswith("。") else f"{one}。" for one in (self.cause, self.remedy) if one)
        changed = {one.column: one.text for one in self.differs}
        return changed.get(column) or str(getattr(self.printed, column))


@dataclass(frozen=True, slots=True)
class StrandText:
    """One strand of the goal (S138)."""

    name: str
    goal: str
    achieved: str


@dataclass(frozen=True, slots=True)
class Change:
    """An adjustment of the budget in fen; ``source`` number of the indicator it belongs to, if any."""

    amount_fen: int
    reason: str
    approval: str
    decided_on: dt.date
    indicator: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment in fen, to the supplier of a contract."""

    contract: str
    amount_fen: int
    paid_on: dt.date
    purpose: str


@dataclass(frozen=True, slots=True)
class Bought:
    """A contract with its supplier. ``procurement`` is a value of `contracts.models.Procurement`."""

    number: str
    subject: str
    supplier: str
    procurement: str
    amount_fen: int
    signed_on: dt.date
    begins_on: dt.date
    ends_on: dt.date
    university: bool = False
    strand: int | None = None


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A deliverable with the days on which its versions were handed in (S80)."""

    contract: str
    kind: str
    title: str
    due_on: dt.date
    days: tuple[dt.date, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """One item of a staged acceptance, passed."""

    contract: str
    stage: str
    item: str
    accepted_on: dt.date


@dataclass(frozen=True, slots=True)
class Event:
    """An activity: held, or cancelled with a reason."""

    kind: str
    title: str
    day: dt.date
    partner: str = ""
    place: str = ""
    cancelled: str = ""


@dataclass(frozen=True, slots=True)
class Film:
    """A video, made and broadcast on one day."""

    title: str
    seconds: int
    broadcast_on: dt.date


@dataclass(frozen=True, slots=True)
class Prize:
    """An honour (S73)."""

    title: str
    awarded_by: str
    awarded_on: dt.date


@dataclass(frozen=True, slots=True)
class Many:
    """So many pieces of evidence of one kind, spread evenly over the year; the first ``failed`` of them failed.

    ``title`` holds ``{n}``. ``checked``: each one passed or failed; otherwise there is nothing to pass.
    """

    kind: str
    title: str
    count: int
    checked: bool = False
    failed: int = 0


@dataclass(frozen=True, slots=True)
class City:
    """Everything about one sample. Money in fen. ``sections`` of the report by code; ``claims`` with a paper each.

    ``answers``: why a contradiction stays, by the code of the check that finds it. ``weights``: what first-level
    categories weigh where the scheme, as its source, has no weights.
    """

    code: str
    year: int
    scheme: str
    name: str
    department: tuple[str, str]
    manager: str
    phone: str
    evaluated_at: dt.datetime
    goal: str
    achieved: str
    strands: tuple[StrandText, ...]
    initial_fen: int
    changes: tuple[Change, ...]
    payments: tuple[Paid, ...]
    planned: tuple[Planned, ...]
    contracts: tuple[Bought, ...]
    deliverables: tuple[HandedIn, ...]
    acceptances: tuple[Accepted, ...]
    events: tuple[Event, ...]
    films: tuple[Film, ...]
    prizes: tuple[Prize, ...]
    evidence: tuple[Many, ...]
    papers: tuple[Paper, ...]
    sections: Mapping[str, str]
    claims: tuple[tuple[str, Paper], ...]
    answers: Mapping[str, str]
    weights: Mapping[str, int] | None = None
