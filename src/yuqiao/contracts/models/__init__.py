"""Rows of suppliers and contracts. Rows only."""

from yuqiao.contracts.models.contracts import (
    Acceptance,
    Contract,
    Deliverable,
    HandIn,
    Paper,
    PaperKind,
    Procurement,
    Supplier,
)

__all__ = ["Acceptance", "Contract", "Deliverable", "HandIn", "Paper", "PaperKind", "Procurement", "Supplier"]
