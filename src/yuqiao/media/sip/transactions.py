"""The four transaction machines of RFC 3261 section 17, corrected by RFC 6026, as pure functions.

A `Machine` is a value; `step` takes one and an event and returns the next one with what is to be done. No sockets, no
clock, no messages: the driver (`layer`) owns those. Every state has an end: a timer, or ABANDON by the owner.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto


class Kind(Enum):
    """Which of the four machines: 17.1.1, 17.1.2, 17.2.1, 17.2.2."""

    INVITE_CLIENT = auto()
    CLIENT = auto()
    INVITE_SERVER = auto()
    SERVER = auto()


class State(Enum):
    """States of all four; ACCEPTED is RFC 6026's."""

    NEW = auto()
    CALLING = auto()
    TRYING = auto()
    PROCEEDING = auto()
    COMPLETED = auto()
    ACCEPTED = auto()
    CONFIRMED = auto()
    TERMINATED = auto()


class Event(Enum):
    """What happens to a transaction: the owner's wishes, messages by class, timers, the wire's failure."""

    START = auto()
    ABANDON = auto()
    UNREACHABLE = auto()
    PROVISIONAL = auto()  # received by a client, sent by a server's owner; so are the next two
    SUCCESS = auto()
    FAILURE = auto()
    REQUEST = auto()  # the request again
    ACK = auto()
    TIMER_A = auto()
    TIMER_B = auto()
    TIMER_D = auto()
    TIMER_E = auto()
    TIMER_F = auto()
    TIMER_G = auto()
    TIMER_H = auto()
    TIMER_I = auto()
    TIMER_J = auto()
    TIMER_K = auto()
    TIMER_L = auto()
    TIMER_M = auto()


class Do(Enum):
    """What the driver is to do, apart from timers."""

    SEND = auto()  # a client: the request; a server: the response just given
    RESEND = auto()  # the same octets again
    ACK = auto()  # 17.1.1.3
    DELIVER = auto()  # hand the message to the owner
    TIMED_OUT = auto()  # tell the owner
    FAILED = auto()  # tell the owner that the wire failed


@dataclass(frozen=True, slots=True)
class Arm:
    """Start or restart the timer that fires ``event`` in ``seconds``."""

    event: Event
    seconds: float


@dataclass(frozen=True, slots=True)
class Disarm:
    """Stop the timer of ``event``; harmless when it does not run."""

    event: Event


Effect = Do | Arm | Disarm


@dataclass(frozen=True, slots=True)
class Timing:
    """RFC 3261 table 4, in seconds: T1 the round trip, T2 the longest interval, T4 how long a message lives."""

    t1: float = 0.5
    t2: float = 4.0
    t4: float = 5.0

    @property
    def limit(self) -> float:
        """64*T1: Timers B, D, F, H, J, L, M, and how long an answer waits for its ACK (13.3.1.4)."""
        return 64 * self.t1


@dataclass(frozen=True, slots=True)
class Machine:
    """One transaction: ``interval`` is the running retransmission interval in seconds (Timers A, E, G)."""

    kind: Kind
    reliable: bool
    timing: Timing
    state: State = State.NEW
    interval: float = 0.0


Outcome = tuple[Machine, tuple[Effect, ...]]


def step(machine: Machine, event: Event) -> Outcome:
    """Return the machine after ``event`` and what is to be done. Events that mean nothing in a state change nothing."""
    if machine.state is State.TERMINATED:
        return machine, ()
    if event is Event.ABANDON:
        return _to(machine, State.TERMINATED)
    if event is Event.UNREACHABLE:
        # 17.1.4, 17.2.4: an accepted INVITE lives on in its dialog, whose own timers notice
        return (machine, ()) if machine.state is State.ACCEPTED else _to(machine, State.TERMINATED, Do.FAILED)
    return _STEPS[machine.kind](machine, event)


def _to(machine: Machine, state: State, *effects: Effect) -> Outcome:
    return replace(machine, state=state), effects


def _again(machine: Machine, event: Event, interval: float) -> Outcome:
    return replace(machine, interval=interval), (Do.RESEND, Arm(event, interval))


def _started(machine: Machine, state: State, retransmit: Event, give_up: Event) -> Outcome:
    """Send the request; retransmission only where the transport may lose it (17.1.1.2, 17.1.2.2)."""
    timing = machine.timing
    arm = () if machine.reliable else (Arm(retransmit, timing.t1),)
    return replace(machine, state=state, interval=timing.t1), (Do.SEND, *arm, Arm(give_up, timing.limit))


def _invite_client(machine: Machine, event: Event) -> Outcome:  # noqa: PLR0911 - a line for each arrow
    """RFC 3261 figure 5 as RFC 6026 7.2 draws it anew."""
    limit, state = machine.timing.limit, machine.state
    quiet = (Disarm(Event.TIMER_A), Disarm(Event.TIMER_B))
    match state, event:
        case State.NEW, Event.START:
            return _started(machine, State.CALLING, Event.TIMER_A, Event.TIMER_B)
        case State.CALLING, Event.TIMER_A:
            return _again(machine, event, 2 * machine.interval)
        case State.CALLING, Event.TIMER_B:
            return _to(machine, State.TERMINATED, Do.TIMED_OUT)
        case ((State.CALLING | State.PROCEEDING), Event.PROVISIONAL):
            return _to(machine, State.PROCEEDING, *quiet, Do.DELIVER)
        case ((State.CALLING | State.PROCEEDING), Event.SUCCESS):
            return _to(machine, State.ACCEPTED, *quiet, Arm(Event.TIMER_M, limit), Do.DELIVER)
        case ((State.CALLING | State.PROCEEDING), Event.FAILURE) if machine.reliable:
            return _to(machine, State.TERMINATED, *quiet, Do.ACK, Do.DELIVER)  # Timer D is zero
        case ((State.CALLING | State.PROCEEDING), Event.FAILURE):
            return _to(machine, State.COMPLETED, *quiet, Arm(Event.TIMER_D, limit), Do.ACK, Do.DELIVER)
        case State.COMPLETED, Event.FAILURE:
            return machine, (Do.ACK,)
        case State.ACCEPTED, Event.SUCCESS:
            return machine, (Do.DELIVER,)
        case (State.COMPLETED, Event.TIMER_D) | (State.ACCEPTED, Event.TIMER_M):
            return _to(machine, State.TERMINATED)
    return machine, ()


def _client(machine: Machine, event: Event) -> Outcome:  # noqa: PLR0911 - a line for each arrow
    """RFC 3261 figure 6."""
    timing, state = machine.timing, machine.state
    quiet = (Disarm(Event.TIMER_E), Disarm(Event.TIMER_F))
    match state, event:
        case State.NEW, Event.START:
            return _started(machine, State.TRYING, Event.TIMER_E, Event.TIMER_F)
        case State.TRYING, Event.TIMER_E:
            return _again(machine, event, min(2 * machine.interval, timing.t2))
        case State.PROCEEDING, Event.TIMER_E:
            return _again(machine, event, timing.t2)
        case ((State.TRYING | State.PROCEEDING), Event.TIMER_F):
            return _to(machine, State.TERMINATED, Do.TIMED_OUT)
        case ((State.TRYING | State.PROCEEDING), Event.PROVISIONAL):
            return _to(machine, State.PROCEEDING, Do.DELIVER)
        case ((State.TRYING | State.PROCEEDING), (Event.SUCCESS | Event.FAILURE)) if machine.reliable:
            return _to(machine, State.TERMINATED, *quiet, Do.DELIVER)  # Timer K is zero
        case ((State.TRYING | State.PROCEEDING), (Event.SUCCESS | Event.FAILURE)):
            return _to(machine, State.COMPLETED, *quiet, Arm(Event.TIMER_K, timing.t4), Do.DELIVER)
        case State.COMPLETED, Event.TIMER_K:
            return _to(machine, State.TERMINATED)
    return machine, ()


def _invite_server(machine: Machine, event: Event) -> Outcome:  # noqa: PLR0911, PLR0912 - a line for each arrow
    """RFC 3261 figure 7 as RFC 6026 7.1 draws it anew. The owner's first response is 100, at once."""
    timing, state = machine.timing, machine.state
    match state, event:
        case State.NEW, Event.START:
            return _to(machine, State.PROCEEDING, Do.DELIVER)
        case State.PROCEEDING, Event.PROVISIONAL:
            return machine, (Do.SEND,)
        case State.PROCEEDING, Event.REQUEST:
            return machine, (Do.RESEND,)
        case State.PROCEEDING, Event.SUCCESS:
            return _to(machine, State.ACCEPTED, Do.SEND, Arm(Event.TIMER_L, timing.limit))
        case State.PROCEEDING, Event.FAILURE:
            arm = () if machine.reliable else (Arm(Event.TIMER_G, timing.t1),)
            done = replace(machine, state=State.COMPLETED, interval=timing.t1)
            return done, (Do.SEND, *arm, Arm(Event.TIMER_H, timing.limit))
        case State.COMPLETED, Event.REQUEST:
            return machine, (Do.RESEND,)
        case State.COMPLETED, Event.TIMER_G:
            return _again(machine, event, min(2 * machine.interval, timing.t2))
        case State.COMPLETED, Event.TIMER_H:
            return _to(machine, State.TERMINATED, Do.TIMED_OUT)
        case State.COMPLETED, Event.ACK if machine.reliable:
            return _to(machine, State.TERMINATED)  # Timer I is zero
        case State.COMPLETED, Event.ACK:
            quiet = (Disarm(Event.TIMER_G), Disarm(Event.TIMER_H))
            return _to(machine, State.CONFIRMED, *quiet, Arm(Event.TIMER_I, timing.t4))
        case State.ACCEPTED, Event.SUCCESS:
            return machine, (Do.RESEND,)  # 13.3.1.4: the owner repeats its answer
        case State.ACCEPTED, Event.ACK:
            return machine, (Do.DELIVER,)
        case (State.CONFIRMED, Event.TIMER_I) | (State.ACCEPTED, Event.TIMER_L):
            return _to(machine, State.TERMINATED)
    return machine, ()


def _server(machine: Machine, event: Event) -> Outcome:  # noqa: PLR0911 - a line for each arrow
    """RFC 3261 figure 8."""
    state = machine.state
    match state, event:
        case State.NEW, Event.START:
            return _to(machine, State.TRYING, Do.DELIVER)
        case ((State.TRYING | State.PROCEEDING), Event.PROVISIONAL):
            return _to(machine, State.PROCEEDING, Do.SEND)
        case ((State.TRYING | State.PROCEEDING), (Event.SUCCESS | Event.FAILURE)) if machine.reliable:
            return _to(machine, State.TERMINATED, Do.SEND)  # Timer J is zero
        case ((State.TRYING | State.PROCEEDING), (Event.SUCCESS | Event.FAILURE)):
            return _to(machine, State.COMPLETED, Do.SEND, Arm(Event.TIMER_J, machine.timing.limit))
        case ((State.PROCEEDING | State.COMPLETED), Event.REQUEST):
            return machine, (Do.RESEND,)
        case State.COMPLETED, Event.TIMER_J:
            return _to(machine, State.TERMINATED)
    return machine, ()


_STEPS = {
    Kind.INVITE_CLIENT: _invite_client,
    Kind.CLIENT: _client,
    Kind.INVITE_SERVER: _invite_server,
    Kind.SERVER: _server,
}
