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
    """Raised when no shipped profile or folder has that name; pass one of ``provinces.available()`` or a folder."""


class InvalidProfile(ProvinceError):
    """Raised when a profile has faults; mend each of ``errors`` (``langnghe check PROFILE``) and load again."""

    def __init__(self, profile: str, errors: tuple[ProfileError, ...]) -> None:
        super().__init__(f"profile {profile}: {len(errors)} fault(s)\n" + "\n".join(str(error) for error in errors))
        self.errors = errors


class UnknownCode(ProvinceError, KeyError):
    """Raised when a code is not in the profile; restore the row that was deleted, or use the record's own profile."""

    def __str__(self) -> str:
        return str(self.args[0])
