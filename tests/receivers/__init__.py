"""Stand-ins for the places that messages go to: chat services, webhooks, a mail server. They import no product code.

    with Receiver() as there:                      # a thread of this process, on a free port of 127.0.0.1
        there.do("limit", times=2)                 # the next two are too many
        … send to there.address("dingtalk") …
        assert there.wait_for(1)[0].text == "…"

`ReceiverProcess()` is the same in a process of its own; `RemoteReceiver(url)` reaches one from any other process.
"""

from tests.receivers.mail import MailReceiver, ReceivedMail
from tests.receivers.receiver import Receiver, ReceiverProcess, RemoteReceiver
from tests.receivers.services import DEEDS, SERVICES, Received

__all__ = [
    "DEEDS",
    "SERVICES",
    "MailReceiver",
    "Received",
    "ReceivedMail",
    "Receiver",
    "ReceiverProcess",
    "RemoteReceiver",
]
