"""What may go wrong with a profile, in one short tree."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProfileError:
    """One fault in a profile: where it stands, what is wrong, how to mend it. ``line`` 0: the file as a whole."""

    file: str
    line: int
    field: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.message}. Fix: {self.fix}"


class ProvinceError(Exception):
    """Base of this room's errors."""


class UnknownProfile(ProvinceError):
    """Raised when neither a shipped profile nor a folder has that name; pass one of ``provinces.available()`` or a folder."""


class InvalidProfile(ProvinceError):
    """Raised when a profile has faults; mend each of ``errors`` (``langnghe check PROFILE`` lists them) and load again."""

    def __init__(self, profile: str, errors: tuple[ProfileError, ...]) -> None:
        super().__init__(f"profile {profile}: {len(errors)} fault(s)\n" + "\n".join(str(error) for error in errors))
        self.errors = errors


class UnknownCode(ProvinceError, KeyError):
    """Raised when a code is not in the profile: a record of another province, or a row that was deleted from the data."""

    def __str__(self) -> str:
        return str(self.args[0])
