"""One alert state per story, escalation along the roster, and what carries messages to people and teams outside."""

from alerts.answers import record_answer
from alerts.channels import AppriseChannel, Channel, FileChannel, MemoryChannel, Message, WebhookChannel, read_addresses
from alerts.errors import AlertError, ChannelRefused, ChannelUnavailable
from alerts.expire import expire
from alerts.run import run
from alerts.send import KIND_NAMES, resend
from alerts.send import run as send
from alerts.state import QuietHours, acknowledge

__all__ = [
    "KIND_NAMES",
    "AlertError",
    "AppriseChannel",
    "Channel",
    "ChannelRefused",
    "ChannelUnavailable",
    "FileChannel",
    "MemoryChannel",
    "Message",
    "QuietHours",
    "WebhookChannel",
    "acknowledge",
    "expire",
    "read_addresses",
    "record_answer",
    "resend",
    "run",
    "send",
]
