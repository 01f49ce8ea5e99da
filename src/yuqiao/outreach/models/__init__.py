"""Rows of outreach. Rows only."""

from yuqiao.outreach.models.activities import Activity, ActivityKind, ActivityState, Honour, Video

__all__ = ["Activity", "ActivityKind", "ActivityState", "Honour", "Video"]
