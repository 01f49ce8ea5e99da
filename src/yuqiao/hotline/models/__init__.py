"""All rows of the hotline, by what they are about."""

from yuqiao.hotline.models.bookings import AssignmentState, Booking, BookingAssignment, BookingKind, BookingState
from yuqiao.hotline.models.calendars import CalendarEntry, CalendarFeed
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
from yuqiao.hotline.models.comments import CallComment, CommentKind
from yuqiao.hotline.models.emergencies import Emergency, Standby
from yuqiao.hotline.models.holds import RecordingHold
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
from yuqiao.hotline.models.line_requests import LineRequest, RequestWay
from yuqiao.hotline.models.lines import Agreement, DialledNumber, Line, LineClass, LineMerger, RecordingPolicy, WayIn
from yuqiao.hotline.models.listening import Listening, ListeningPurpose
from yuqiao.hotline.models.monitoring import Monitoring, MonitorMode, MonitorPhone, MonitorPurpose
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
from yuqiao.hotline.models.partners import PartnerRequest
from yuqiao.hotline.models.pictures import Picture
from yuqiao.hotline.models.proofs import SpentProof
from yuqiao.hotline.models.ratings import Rating, RatingReview, RatingWay, SurveyPolicy
from yuqiao.hotline.models.reports import Report, ReportRemark
from yuqiao.hotline.models.routing import LineDomain, RoutingDecision, RoutingPolicy
from yuqiao.hotline.models.sign_slots import SignSlot
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
    "CalendarEntry",
    "CalendarFeed",
    "Call",
    "CallCommand",
    "CallComment",
    "CallEvent",
    "CallNote",
    "Callback",
    "CallbackOutcome",
    "Campaign",
    "CampaignState",
    "CommentKind",
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
    "LineRequest",
    "Listening",
    "ListeningPurpose",
    "MessageConsent",
    "MonitorMode",
    "MonitorPhone",
    "MonitorPurpose",
    "Monitoring",
    "NoCallNumber",
    "Order",
    "OrderAttempt",
    "OrderKind",
    "OrderOutcome",
    "Outage",
    "PartnerRequest",
    "Picture",
    "Rating",
    "RatingReview",
    "RatingWay",
    "Recording",
    "RecordingHold",
    "RecordingPolicy",
    "Report",
    "ReportRemark",
    "RequestState",
    "RequestType",
    "RequestWay",
    "RoutingDecision",
    "RoutingPolicy",
    "Sensitive",
    "Service",
    "SignSlot",
    "SpentProof",
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
