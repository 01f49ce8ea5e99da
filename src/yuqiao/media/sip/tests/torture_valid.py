"""RFC 4475 section 3.1.1: requests and responses that look broken and are lawful, each written anew from its facts.

``@PEER@`` stands for the sender's host and port, ``@LENGTH@`` for the length of the body that follows, ``@LONG@`` for
four hundred letters; ``\\xNN`` for an octet. Line ends become CRLF.
"""

# ruff: noqa: E501 - a line of a message is as long as it is

from __future__ import annotations

from dataclasses import dataclass

#: Counted as malformed and not answered; or, a response, matched with nothing.
IGNORED = 0

BODY = """v=0
o=alice 29739 7272939 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 49217 RTP/AVP 8 12
m=video 3227 RTP/AVP 31
a=rtpmap:31 LPC
"""


@dataclass(frozen=True, slots=True)
class Torment:
    """One message: RFC 4475's name and clause for it, and the final statuses (or `IGNORED`) that are sensible."""

    name: str
    clause: str
    statuses: tuple[int, ...]
    text: str

    def octets(self, peer: str) -> bytes:
        """The message as it goes over the wire, its answers led to ``peer``."""
        head, _, body = self.text.lstrip("\n").partition("\n\n")
        raw_body = _raw(body)
        head = head.replace("@PEER@", peer).replace("@LENGTH@", str(len(raw_body))).replace("@LONG@", "long" * 100)
        return _raw(f"{head}\n\n") + raw_body


def _raw(text: str) -> bytes:
    """Return UTF-8 with CRLF, ``\\xNN`` turned into that octet."""
    pieces = text.replace("\n", "\r\n").split("\\x")
    return pieces[0].encode() + b"".join(bytes([int(p[:2], 16)]) + p[2:].encode() for p in pieces[1:])


VALID = (
    Torment("wsinv", "3.1.1.1", (200,), f"""
INVITE sip:960169@127.0.0.1;unknownparam SIP/2.0
TO :
 sip:960169@chair.example.com ;   lang   = "zh;ja, ko"
from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>
  ;
  tag   =  98asjd8
MaX-fOrWaRdS:  0068
Call-ID: wsinv.ndaksdj@192.0.2.1
Content-Length   : @LENGTH@
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    @PEER@;rport;branch=z9hG4bK390skdjuw
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
Content-Type: application/sdp
Route:
 <sip:services.example.com;lr;unknownwith=value;unknown-no-value>
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted string \\"\\"" <sip:jdrosen@@PEER@> ; newparam =
      newvalue ;
  secondparam ; q = 0.33

{BODY}"""),
    Torment("intmeth", "3.1.1.2", (405, 501), """
!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0
Via: SIP/2.0/UDP @PEER@;rport;branch=z9hG4bK-.!%66*_+`'~
To: "BEL:\\\\x07 NUL:\\\\x00 DEL:\\\\x7F" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>
From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%="\u0440\u0430\u0431\u043e\u0442\u0430\u044e\u0449\u0438\u0439";tag=_token~1'+`*%!-.
Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\\\/"][?}{
CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~
Max-Forwards: 255
extensionHeader-!.%*+_`'~:\ufeff\u5927\u505c\u96fb
Content-Length: 0

"""),
    Torment("esc01", "3.1.1.3", (200,), f"""
INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0
To: sip:%75se%72@example.com
From: <sip:I%20have%20spaces@example.net>;tag=938
Max-Forwards: 87
i: esc01.239409asdfakjkn23onasd0-3234
CSeq: 234234 INVITE
Via: SIP/2.0/UDP @PEER@;rport;branch=z9hG4bKkdjuw
C: application/sdp
Contact: <sip:cal%6Cer@@PEER@;%6C%72;n%61me=v%61lue%25%34%31>
Content-Length: @LENGTH@

{BODY}"""),
    Torment("escnull", "3.1.1.4", (405,), """
REGISTER sip:example.com SIP/2.0
To: sip:null-%00-null@example.com
From: sip:null-%00-null@example.com;tag=839923423
Max-Forwards: 70
Call-ID: escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd
CSeq: 14398234 REGISTER
Via: SIP/2.0/UDP @PEER@;rport;branch=z9hG4bKkdjuw
Contact: <sip:%00@host5.example.com>
Contact: <sip:%00%00@host5.example.com>
L:0

"""),
    Torment("esc02", "3.1.1.5", (405, 501), """
RE%47IST%45R sip:registrar.example.com SIP/2.0
To: "%Z%45" <sip:resource@example.com>
From: "%Z%45" <sip:resource@example.com>;tag=f232jadfj23
Call-ID: esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf
Via: SIP/2.0/UDP @PEER@;rport;branch=z9hG4bK209%fzsnel234
CSeq: 29344 RE%47IST%45R
Max-Forwards: 70
Contact: <sip:alias1@host1.example.com>
C%6Fntact: <sip:alias2@host2.example.com>
Contact: <sip:alias3@host3.example.com>
l: 0

"""),
    Torment("lwsdisp", "3.1.1.6", (200,), """
OPTIONS sip:user@example.com SIP/2.0
To: sip:user@example.com
From: caller<sip:caller@example.com>;tag=323
Max-Forwards: 70
Call-ID: lwsdisp.1234abcd@funky.example.com
CSeq: 60 OPTIONS
Via: SIP/2.0/UDP @PEER@;rport;branch=z9hG4bKkdjuw
l: 0

"""),
    Torment("longreq", "3.1.1.7", (200,), f"""
INVITE sip:user@example.com SIP/2.0
To: "I have a user name of @LONG@ proportion"<sip:user@example.com:6000;unknownparam1=very@LONG@value;longparam@LONG@name=shortvalue;very@LONG@ParameterNameWithNoValue>
F: sip:amazinglylongcallername@LONG@@example.net;tag=12982@LONG@982424;unknownheaderparam@LONG@name=unknownheaderparam@LONG@value;unknownValueless@LONG@paramname
Call-ID: longreq.one@LONG@longcallid
CSeq: 3882340 INVITE
Unknown-@LONG@-Name: unknown-@LONG@-value; unknown-@LONG@-parameter-name = unknown-@LONG@-parameter-value
Via: SIP/2.0/UDP @PEER@;rport;branch=z9hG4bKlongreq
v: SIP/2.0/TCP sip33.example.com
Via: SIP/2.0/TCP sip32.example.com;branch=@LONG@, SIP/2.0/TCP sip31.example.com;received=192.0.2.1;branch=very@LONG@branchvalue
Max-Forwards: 70
Contact: <sip:amazinglylongcallername@LONG@@@PEER@>
Content-Type: application/sdp
l: @LENGTH@

{BODY}"""),
    Torment("dblreq", "3.1.1.8", (405,), f"""
REGISTER sip:example.com SIP/2.0
To: sip:j.user@example.com
From: sip:j.user@example.com;tag=43251j3j324
Max-Forwards: 8
I: dblreq.0ha0isndaksdj99sdfafnl3lk233412
Contact: sip:j.user@host.example.com
CSeq: 8 REGISTER
Via: SIP/2.0/UDP @PEER@;rport;branch=z9hG4bKkdjuw23492
Content-Length: 0

INVITE sip:joe@example.com SIP/2.0
t: sip:joe@example.com
From: sip:caller@example.net;tag=141334
Max-Forwards: 8
Call-ID: dblreq.0ha0isnda977644900765@192.0.2.15
CSeq: 8 INVITE
Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKkdjuw380234
Content-Type: application/sdp
Content-Length: 150
Contact: <sip:caller@127.0.0.1>

{BODY}"""),
    Torment("semiuri", "3.1.1.9", (200,), """
OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0
To: sip:j_user@example.com
From: sip:caller@example.org;tag=33242
Max-Forwards: 3
Call-ID: semiuri.0ha0isndaksdj
CSeq: 8 OPTIONS
Accept: application/sdp, application/pkcs7-mime, multipart/mixed, multipart/signed, message/sip, message/sipfrag
Via: SIP/2.0/UDP @PEER@;rport;branch=z9hG4bKkdjuw
l: 0

"""),
    Torment("transports", "3.1.1.10", (200,), """
OPTIONS sip:user@example.com SIP/2.0
To: sip:user@example.com
From: <sip:caller@example.com>;tag=323
Max-Forwards: 70
Call-ID: transports.kijh4akdnaqjkwendsasfdj
Accept: application/sdp
CSeq: 60 OPTIONS
Via: SIP/2.0/UDP @PEER@;rport;branch=z9hG4bKkdjuw
Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf
Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj
Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en
Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee
l: 0

"""),
    Torment("mpart01", "3.1.1.11", (405, 415), """
MESSAGE sip:kumiko@example.org SIP/2.0
Via: SIP/2.0/UDP @PEER@;rport;branch=z9hG4bK-d8754z-3ecbba0f
Max-Forwards: 70
Route: <sip:127.0.0.1:5080>
Contact: <sip:fluffy@127.0.0.1:5070>
To: <sip:kumiko@example.org>
From: <sip:fluffy@example.com>;tag=2fb0dcc9
Call-ID: 3d9485ad0c49859b@Zmx1ZmZ5LW1hYy0xNi5sb2NhbA..
CSeq: 1 MESSAGE
Content-Transfer-Encoding: binary
Content-Type: multipart/mixed;boundary=7a9cbec02ceef655
Content-Length: @LENGTH@

--7a9cbec02ceef655
Content-Type: text/plain

Hello
--7a9cbec02ceef655
Content-Type: application/octet-stream

0\\x82\\x01R\\x06\\x09*\\x86H\\x86\\xf7\\x0d\\x01\\x07\\x02\\xa0\\x00\\xff\\xfe\\x00
--7a9cbec02ceef655--
"""),
    Torment("unreason", "3.1.1.12", (IGNORED,), """
SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e \u0434\u0435\u0432\u044f\u043d\u043e\u0441\u0442\u043e \u0434\u0435\u0432\u044f\u0442\u044c - \u043f\u0440\u043e\u0441\u0442\u043e\u0435
Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923
Call-ID: unreason.1234ksdfak3j2erwedfsASdf
CSeq: 35 INVITE
From: sip:user@example.com;tag=11141343
To: sip:user@example.edu;tag=2229
Content-Length: @LENGTH@
Content-Type: application/sdp
Contact: <sip:user@host198.example.com>

""" + BODY),
    Torment("noreason", "3.1.1.13", (IGNORED,), """
SIP/2.0 100\\x20
Via: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe
Call-ID: noreason.asndj203insdf99223ndf
CSeq: 35 INVITE
From: <sip:user@example.com>;tag=39ansfi3
To: <sip:user@example.edu>;tag=902jndnke3
Content-Length: 0
Contact: <sip:user@host105.example.com>

"""),
)  # fmt: skip
