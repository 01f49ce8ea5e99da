"""The figures, in the order in which they are printed: one visible list, and nothing else to add to."""

from __future__ import annotations

from django.db.models import F, Q

from yuqiao.cases.models import WorkOrder
from yuqiao.hotline import callback_figures
from yuqiao.hotline.figures import availability, complaints, coverage, occupancy
from yuqiao.hotline.figures.definition import Figure, Rows, Scope, Source, Unit
from yuqiao.hotline.models import (
    Agreement,
    Call,
    Callback,
    Complaint,
    InterpreterRequest,
    Leg,
    Outage,
    Rating,
    RequestState,
    RequestType,
    Violation,
    WayIn,
    WrapUp,
)
from yuqiao.hotline.models.calls import Consent
from yuqiao.hotline.ratings import SATISFIED
from yuqiao.hotline.routing import MOBILE, REMOTE
from yuqiao.hotline.state import OUTBOUND
from yuqiao.languages.catalogue import FOREIGN

#: Calls that people made. Our own calls back to them are counted as callbacks, not again as calls.
CALLS = Source("calls", Call, "started_at", "line_id", ~Q(way_in__in=OUTBOUND))
REQUESTS = Source("requests", InterpreterRequest, "created_at", "line_id")
CALLBACKS = Source("callbacks", Callback, "created_at", "line_id")
RATINGS = Source("ratings", Rating, "given_at", "line_id")
#: Phones of interpreters that were rung.
LEGS = Source("legs", Leg, "created_at", "call__line_id", Q(interpreter__isnull=False), "call__language")
VIOLATIONS = Source("violations", Violation, "happened_at", "call__line_id", language="call__language")
AGREEMENTS = Source("agreements", Agreement, "signed_on", "line_id")
COMPLAINTS = Source("complaints", Complaint, "made_at", "line_id")
#: `WorkOrder.line` is a line's id without a foreign key: its layer lies below the lines.
ORDERS = Source("work_orders", WorkOrder, "opened_at", "line")
WRAP_UPS = Source("wrap_ups", WrapUp, "call_at", "line_id", Q(finished_at__isnull=False))
OUTAGES = Source("outages", Outage, "began_at", "line_id")

PARTNER_WAYS = (WayIn.TRANSFERRED, WayIn.BESIDE_AGENT)


def _transferred(_scope: Scope) -> Q:
    return Q(way_in__in=PARTNER_WAYS, language__in=FOREIGN)


def _joined(_scope: Scope) -> Q:
    return Q(time_to_interpreter__isnull=False)


def _joined_in_foreign(_scope: Scope) -> Q:
    return Q(time_to_interpreter__isnull=False, language__in=FOREIGN)


def _taken(_scope: Scope) -> Q:
    return Q(time_to_answer__isnull=False)


def _in_time(scope: Scope) -> Q:
    return Q(time_to_answer__lte=scope.answer_within)


def _abandoned(_scope: Scope) -> Q:
    return Q(outcome="abandoned")


def _answered(_scope: Scope) -> Q:
    return Q(state=RequestState.ANSWERED)


def _asked(_scope: Scope) -> Q:
    return ~Q(consent=Consent.NOT_ASKED)


def _refused(_scope: Scope) -> Q:
    return Q(consent=Consent.REFUSED)


def _taken_by(tier: str) -> Rows:
    return lambda _scope: Q(tier=tier)


def _picked_up(_scope: Scope) -> Q:
    return Q(answered_at__isnull=False)


def _confirmed(_scope: Scope) -> Q:
    return Q(state=Violation.State.CONFIRMED)


def _replacement(_scope: Scope) -> Q:
    return Q(head_of_queue=True)


def _due(scope: Scope) -> Q:
    return callback_figures.condition("due", scope.at)


def _returned_in_time(scope: Scope) -> Q:
    return callback_figures.condition("in_time", scope.at)


def _returned(scope: Scope) -> Q:
    return _returned_in_time(scope) | callback_figures.condition("late", scope.at)


def _answered_in_time(_scope: Scope) -> Q:
    return Q(answered_at__lte=F("due_at"))


def _answer_due(scope: Scope) -> Q:
    return Q(answered_at__isnull=False) | Q(due_at__lte=scope.at)


def _satisfied(_scope: Scope) -> Q:
    return Q(score__gte=SATISFIED)


def _of_type(kind: RequestType, zh: str, en: str) -> Figure:
    return Figure(
        f"wanted_{kind.value}", f"诉求类型：{zh}", f"Wanted: {en}",
        f"期内来电中，译员话后整理所记诉求类型为“{zh}”者（S46）。",
        f"Calls of the period whose finished wrap-up says that the caller wanted: {en} (S46).",
        WRAP_UPS, Unit.COUNT, lambda _scope: Q(request_type=kind.value),
    )  # fmt: skip


FIGURES: tuple[Figure, ...] = (
    Figure(
        "calls", "来电总量", "Calls",
        "期内开始的全部来电（不含本平台外呼回访）。",
        "All calls that began in the period; our own calls back do not count.",
        CALLS, Unit.COUNT,
    ),
    Figure(
        "transfers", "联动线路转接外语电话", "Foreign-language calls from partner lines",
        "期内由联动线路转接或坐席同机呼入、语种为外语的来电。",
        "Calls in a foreign language that a partner line passed to us, transferred or beside its agent.",
        CALLS, Unit.COUNT, _transferred,
    ),
    Figure(
        "served", "译员接通率", "Calls an interpreter joined",
        "有译员进入通话的来电 ÷ 全部来电。",
        "Calls that an interpreter joined, out of all calls.",
        CALLS, Unit.SHARE, _joined,
    ),
    Figure(
        "service_level", "及时应答率", "Service level",
        "规定秒数（GB/T 33358-2016：15 秒）内应答的来电 ÷ 全部来电。",
        "Calls answered within the time set (GB/T 33358-2016: 15 s), out of all calls.",
        CALLS, Unit.SHARE, _in_time,
    ),
    Figure(
        "abandoned", "放弃率", "Abandoned",
        "来电人在译员接通前挂断的来电 ÷ 全部来电。",
        "Calls whose caller hung up before an interpreter joined, out of all calls.",
        CALLS, Unit.SHARE, _abandoned,
    ),
    Figure(
        "answer_p50", "应答时长中位数", "Time to answer, median",
        "从来电到应答的时长；半数已应答来电不超过此值（最近秩）。",
        "From a call's arrival to its answer; half of the answered calls took no longer (nearest rank).",
        CALLS, Unit.TIME, _taken, column="time_to_answer", percentile=50,
    ),
    Figure(
        "answer_p95", "应答时长 95 分位", "Time to answer, 95%",
        "从来电到应答的时长；95% 的已应答来电不超过此值（最近秩）。",
        "From a call's arrival to its answer; 95% of the answered calls took no longer (nearest rank).",
        CALLS, Unit.TIME, _taken, column="time_to_answer", percentile=95,
    ),
    Figure(
        "interpreter_p50", "译员接通时长中位数", "Time to interpreter, median",
        "从来电（含振铃与选语种）到首位译员进入通话；半数不超过此值（最近秩）。",
        "From a call's arrival, ringing and menu too, to its first interpreter; half took no longer (nearest rank).",
        CALLS, Unit.TIME, _joined, column="time_to_interpreter", percentile=50,
    ),
    Figure(
        "interpreter_p95", "译员接通时长 95 分位", "Time to interpreter, 95%",
        "从来电（含振铃与选语种）到首位译员进入通话；95% 不超过此值（最近秩）。",
        "From a call's arrival, ringing and menu too, to its first interpreter; 95% took no longer (nearest rank).",
        CALLS, Unit.TIME, _joined, column="time_to_interpreter", percentile=95,
    ),
    Figure(
        "response_rate", "翻译服务响应率", "Response rate",
        "有译员应答的翻译请求 ÷ 期内全部翻译请求（含撤回与等待中）。",
        "Requests that an interpreter answered, out of all requests made in the period, withdrawn and open ones too.",
        REQUESTS, Unit.SHARE, _answered,
    ),
    Figure(
        "remote", "紧急远程译员承接率", "Answered by remote interpreters",
        "由紧急远程译员（按振铃时的层级）接起的 ÷ 译员接起的全部振铃。",
        "Answered by an interpreter who was remote when she was rung, out of all that interpreters answered.",
        LEGS, Unit.SHARE, _taken_by(REMOTE), _picked_up,
    ),
    Figure(
        "overflow", "溢出率（班外手机承接）", "Overflow share",
        "由班外译员在本人手机接起的 ÷ 译员接起的全部振铃；照常计入各项指标，时长见加班记录。",
        "Answered by interpreters off shift on their own mobiles, out of all that interpreters answered. These calls "
        "count in every figure as others do; their times are in the list of overtime.",
        LEGS, Unit.SHARE, _taken_by(MOBILE), _picked_up,
    ),
    Figure(
        "replacements", "译员替换", "Replacements",
        "通话中译员掉线后重新寻找译员的请求。",
        "Requests for another interpreter because the first was lost during the call.",
        REQUESTS, Unit.COUNT, _replacement,
    ),
    Figure(
        "callbacks_returned", "未接来电回访率", "Callbacks returned",
        "已办结且联系到来电人的回访 ÷ 期内产生且已到期或已办结的回访。",
        "Callbacks closed with the caller reached, out of those of the period that are due or closed.",
        CALLBACKS, Unit.SHARE, _returned, _due,
    ),
    Figure(
        "callbacks_on_time", "回访及时率", "Callbacks on time",
        "在时限内办结且联系到来电人的回访 ÷ 期内产生且已到期或已办结的回访。",
        "Callbacks closed in time with the caller reached, out of those of the period that are due or closed.",
        CALLBACKS, Unit.SHARE, _returned_in_time, _due,
    ),
    Figure(
        "satisfaction", "服务对象满意度", "Satisfaction",
        "评为 4 或 5 分（满分 5 分）的评价 ÷ 期内收到的全部评价（按键、链接、坐席录入），每通来电至多一次评价。",
        "Ratings of 4 or 5 out of 5, out of all ratings given in the period by key, link or desk; one rating a call.",
        RATINGS, Unit.SHARE, _satisfied,
    ),
    Figure(
        "consent_refused", "不同意录音", "Recording refused",
        "来电人不同意录音的来电 ÷ 已告知录音的来电。",
        "Calls whose caller refused to be recorded, out of calls in which the caller was asked.",
        CALLS, Unit.SHARE, _refused, _asked,
    ),
    Figure(
        "violations", "违规接听电话", "Violations in answering",
        "期内发生、经人工认定且未因申诉撤销的违规（目标 0 次）；系统只提示，不作认定。",
        "Violations that a person confirmed and no appeal annulled (target 0); the machine only proposes.",
        VIOLATIONS, Unit.COUNT, _confirmed,
    ),
    Figure(
        "languages", "服务语种数", "Languages served",
        "期内有译员接通来电的外语语种数。",
        "Foreign languages in which an interpreter joined at least one call of the period.",
        CALLS, Unit.COUNT, _joined_in_foreign, distinct="language",
    ),
    Figure(
        "departments", "三方通话联动覆盖部门", "Departments covered",
        "期末有有效联动协议的部门数（每部门计一次）。",
        "Departments with an agreement in force at the period's end, or now if that is earlier; each counts once.",
        AGREEMENTS, Unit.COUNT, measure=coverage.departments, shown=coverage.agreements,
    ),
    Figure(
        "occupancy", "译员占用率", "Occupancy",
        "（振铃 + 通话 + 话后整理时长）÷ 在岗时长（不含小休与班外）；按语种时取掌握该语种的译员。",
        "Time ringing, talking and wrapping up, out of time signed on (neither breaks nor off shift); of a language: "
        "of the interpreters who hold it.",
        LEGS, Unit.SPAN, measure=occupancy.measure, shown=occupancy.shown,
    ),
    Figure(
        "complaints", "投诉件数", "Complaints",
        "期内收到的对本服务的全部投诉（评价页、译员席、人工登记），不论是否属实。",
        "All complaints about our service made in the period (rating page, desk, typed), upheld or not.",
        COMPLAINTS, Unit.COUNT,
    ),
    Figure(
        "complaint_rate", "投诉率", "Complaint rate",
        "被投诉的已服务来电 ÷ 期内有译员进入通话的来电；同一来电多次投诉只计一次。",
        "Served calls somebody complained about, out of calls of the period that an interpreter joined; each once.",
        complaints.SERVED, Unit.SHARE, measure=complaints.measure, shown=complaints.rows,
    ),
    Figure(
        "orders_on_time", "服务完成及时率", "Work orders answered on time",
        "在时限内首次答复的工单 ÷ 期内开立且已答复或已到期的工单（时限按类别：2 小时、24 小时、5 天）。",
        "Work orders first answered in time, out of those opened in the period that are answered or due "
        "(by class: 2 hours, 24 hours, 5 days).",
        ORDERS, Unit.SHARE, _answered_in_time, _answer_due,
    ),
    _of_type(RequestType.CONSULT, "咨询", "information"),
    _of_type(RequestType.COMPLAINT, "投诉", "to complain"),
    _of_type(RequestType.SUGGESTION, "建议", "to suggest"),
    _of_type(RequestType.HELP, "求助", "help"),
    _of_type(RequestType.EMERGENCY, "报警/急救", "police or first aid"),
    _of_type(RequestType.PRAISE, "表扬", "to praise"),
    _of_type(RequestType.OTHER, "其他", "something else"),
    Figure(
        "availability", "话务平台可用率", "Availability of the platform",
        "（应运行时间 − 非计划中断时间）÷ 应运行时间；应运行时间不含事先公告的维护，"
        "重叠的中断只计一次；末位舍去，有中断即不足 100%。",
        "Scheduled time less unplanned downtime, out of scheduled time. Maintenance announced beforehand is not "
        "scheduled; overlapping outages count once; the last digit is cut, so any outage shows below 100%.",
        OUTAGES, Unit.SPAN, measure=availability.measure, shown=availability.rows,
    ),
)  # fmt: skip
BY_CODE: dict[str, Figure] = {figure.code: figure for figure in FIGURES}
#: What the tables by month, line and language show.
COLUMNS: tuple[Figure, ...] = tuple(
    BY_CODE[code]
    for code in (
        *("calls", "transfers", "served", "service_level", "abandoned"),
        *("interpreter_p50", "interpreter_p95", "response_rate"),
    )
)
