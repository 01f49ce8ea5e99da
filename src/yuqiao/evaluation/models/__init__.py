"""Rows of the performance evaluation. Rows only; the services beside them are the only writers."""

from yuqiao.evaluation.models.claims import ClaimLink, Contradiction, Section
from yuqiao.evaluation.models.evidence import Evidence, EvidenceFor, EvidenceResult, StoredFile
from yuqiao.evaluation.models.imports import ImportedForm
from yuqiao.evaluation.models.indicators import Deviation, Entered, Indicator, TargetChange
from yuqiao.evaluation.models.links import Cancellation, ProjectContract
from yuqiao.evaluation.models.preparing import Groundwork, GroundworkKind, Risk, RiskNote, RiskState
from yuqiao.evaluation.models.process import Frozen, Reminder, Review, Signature, SignatureRole, Stage, StageEvent
from yuqiao.evaluation.models.projects import Adjustment, BudgetLine, MoneySource, Payment, Project, Strand
from yuqiao.evaluation.models.schemes import SchemeVersion

__all__ = [
    "Adjustment",
    "BudgetLine",
    "Cancellation",
    "ClaimLink",
    "Contradiction",
    "Deviation",
    "Entered",
    "Evidence",
    "EvidenceFor",
    "EvidenceResult",
    "Frozen",
    "Groundwork",
    "GroundworkKind",
    "ImportedForm",
    "Indicator",
    "MoneySource",
    "Payment",
    "Project",
    "ProjectContract",
    "Reminder",
    "Review",
    "Risk",
    "RiskNote",
    "RiskState",
    "SchemeVersion",
    "Section",
    "Signature",
    "SignatureRole",
    "Stage",
    "StageEvent",
    "StoredFile",
    "Strand",
    "TargetChange",
]
