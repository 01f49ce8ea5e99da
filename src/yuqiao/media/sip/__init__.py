"""SIP signalling of the media server: `SipTrunk` implements `yuqiao.media.ports.Trunk`."""

from yuqiao.media.sip.transactions import Timing
from yuqiao.media.sip.trunk import SipTrunk

__all__ = ["SipTrunk", "Timing"]
