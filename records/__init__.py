"""What happened: the domain types, the tables behind them, the evidence archive and the audit chain.

The only source of truth.
"""

from records import expire
from records.assessments import Assessed
from records.audit import AuditEntry, AuditVerdict
from records.clock import Clock, SystemClock, VirtualClock
from records.editions import Delivery
from records.errors import (
    BadUrl,
    ConstraintRefused,
    DiskFull,
    EvidenceDamaged,
    KeysMissing,
    NotReferable,
    OtherProvince,
    RecordsBusy,
    RecordsDamaged,
    RecordsError,
    RecordsUnreachable,
    SchemaMismatch,
    SealRefused,
    UnknownRecord,
)
from records.events import Event
from records.evidence import Evidence, EvidenceArchive, Retention
from records.identity import canonical_url, item_id, native_key, url_id
from records.items import Outcome, Stored
from records.outbox import OutboxState
from records.outward import (
    ApprovedReferral,
    Notice,
    Referral,
    ReferralState,
    RescueCall,
    RescueState,
    Verification,
    VerificationState,
)
from records.sealed import Purpose
from records.sources import SourceHealth
from records.stage import StageReport
from records.store import DataFolder, Records, Transaction, migrate

__all__ = [
    "ApprovedReferral",
    "Assessed",
    "AuditEntry",
    "AuditVerdict",
    "BadUrl",
    "Clock",
    "ConstraintRefused",
    "DataFolder",
    "Delivery",
    "DiskFull",
    "Event",
    "Evidence",
    "EvidenceArchive",
    "EvidenceDamaged",
    "KeysMissing",
    "NotReferable",
    "Notice",
    "OtherProvince",
    "OutboxState",
    "Outcome",
    "Purpose",
    "Records",
    "RecordsBusy",
    "RecordsDamaged",
    "RecordsError",
    "RecordsUnreachable",
    "Referral",
    "ReferralState",
    "RescueCall",
    "RescueState",
    "Retention",
    "SchemaMismatch",
    "SealRefused",
    "SourceHealth",
    "StageReport",
    "Stored",
    "SystemClock",
    "Transaction",
    "UnknownRecord",
    "Verification",
    "VerificationState",
    "VirtualClock",
    "canonical_url",
    "expire",
    "item_id",
    "migrate",
    "native_key",
    "url_id",
]
