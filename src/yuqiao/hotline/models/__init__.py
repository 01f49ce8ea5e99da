"""All rows of the hotline, by what they are about."""

from yuqiao.hotline.models.bookings import AssignmentState, Booking, BookingAssignment, BookingKind, BookingState
from yuqiao.hotline.models.callbacks import Callback, CallbackOutcome
from yuqiao.hotline.models.calls import (
    Call,
    CallCommand,
    CallEvent,
    Consent,
    InterpreterRequest,
    LanguageBy,
    Lease,
    Leg,
    LegRole,
    Recording,
    RequestState,
)
from yuqiao.hotline.models.emergencies import Emergency, Standby
from yuqiao.hotline.models.incidents import (
    Alert,
    AlertNumber,
    FloorManager,
    Incident,
    IncidentKind,
    LadderStep,
    Told,
    Way,
)
from yuqiao.hotline.models.invitations import (
    Complaint,
    ComplaintSource,
    ComplaintState,
    DeliveryState,
    Invitation,
    MessageConsent,
)
from yuqiao.hotline.models.lines import Agreement, DialledNumber, Line, LineClass, LineMerger, RecordingPolicy, WayIn
from yuqiao.hotline.models.notes import CallNote
from yuqiao.hotline.models.outages import Outage, Service
from yuqiao.hotline.models.outbound import (
    Campaign,
    CampaignState,
    NoCallNumber,
    Order,
    OrderAttempt,
    OrderKind,
    OrderOutcome,
)
from yuqiao.hotline.models.ratings import Rating, RatingReview, RatingWay, SurveyPolicy
from yuqiao.hotline.models.reports import Report, ReportRemark
from yuqiao.hotline.models.routing import LineDomain, RoutingDecision, RoutingPolicy
from yuqiao.hotline.models.violations import Violation
from yuqiao.hotline.models.wrap_ups import RequestType, Sensitive, Topic, WrapUp, WrapUpOutcome

__all__ = [
    "Agreement",
    "Alert",
    "AlertNumber",
    "AssignmentState",
    "Booking",
    "BookingAssignment",
    "BookingKind",
    "BookingState",
    "Call",
    "CallCommand",
    "CallEvent",
    "CallNote",
    "Callback",
    "CallbackOutcome",
    "Campaign",
    "CampaignState",
    "Complaint",
    "ComplaintSource",
    "ComplaintState",
    "Consent",
    "DeliveryState",
    "DialledNumber",
    "Emergency",
    "FloorManager",
    "Incident",
    "IncidentKind",
    "InterpreterRequest",
    "Invitation",
    "LadderStep",
    "LanguageBy",
    "Lease",
    "Leg",
    "LegRole",
    "Line",
    "LineClass",
    "LineDomain",
    "LineMerger",
    "MessageConsent",
    "NoCallNumber",
    "Order",
    "OrderAttempt",
    "OrderKind",
    "OrderOutcome",
    "Outage",
    "Rating",
    "RatingReview",
    "RatingWay",
    "Recording",
    "RecordingPolicy",
    "Report",
    "ReportRemark",
    "RequestState",
    "RequestType",
    "RoutingDecision",
    "RoutingPolicy",
    "Sensitive",
    "Service",
    "Standby",
    "SurveyPolicy",
    "Told",
    "Topic",
    "Violation",
    "Way",
    "WayIn",
    "WrapUp",
    "WrapUpOutcome",
]
