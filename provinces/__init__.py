"""One folder of data per province, and the typed loader that refuses a wrong one."""

from provinces.calendar import WorkingCalendar
from provinces.errors import InvalidProfile, ProfileError, ProvinceError, UnknownCode, UnknownProfile
from provinces.gaps import gaps
from provinces.loader import available, check, load
from provinces.province import Province

__all__ = [
    "InvalidProfile",
    "ProfileError",
    "Province",
    "ProvinceError",
    "UnknownCode",
    "UnknownProfile",
    "WorkingCalendar",
    "available",
    "check",
    "gaps",
    "load",
]
