"""Read CSV and TOML files row by row, and note every fault with its file, line, field and fix."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from provinces.errors import ProfileError

T = TypeVar("T")
_MONTH = re.compile(r"\d{4}-\d{2}")
_TOML_PLACE = re.compile(r"\(at (?:line (\d+)|end of document)")


class Faults:
    """The faults found so far; a profile with any is refused, with all of them told at once."""

    def __init__(self) -> None:
        self.found: list[ProfileError] = []

    def add(self, file: Path, line: int, field: str, message: str, fix: str) -> None:
        """Note one fault; ``file`` is named by its folder and name only."""
        self.found.append(ProfileError(f"{file.parent.name}/{file.name}", line, field, message, fix))


class Row:
    """One row (CSV) or table (TOML) with typed getters.

    A value that cannot be read is noted as a fault and answered by a neutral one, so that all faults of a file come
    out at once.
    """

    def __init__(
        self, file: Path, line: int, values: Mapping[str, Any], faults: Faults, lines: Mapping[str, int]
    ) -> None:
        self._file = file
        self._line = line
        self._lines = lines
        self._values = values
        self._faults = faults

    def fault(self, field: str, message: str, fix: str) -> None:
        """Note a fault in a field of this row."""
        self._faults.add(self._file, self._lines.get(field, self._line), field, message, fix)

    def only(self, *known: str) -> None:
        """Note every field that is not among the known ones: a misspelt key would otherwise be lost silently."""
        for field in self._values:
            if field not in known:
                self.fault(field, "is not known here", f"use one of: {', '.join(known)}")

    def has(self, field: str) -> bool:
        """Tell whether the field holds something."""
        return self._values.get(field) not in (None, "")

    def text(self, field: str, *, required: bool = False) -> str:
        """Return the text of a field, trimmed; empty where there is none."""
        value = self._values.get(field, "")
        if not isinstance(value, str):
            self.fault(field, f"{value!r} is not text", "write it in quotation marks")
            return ""
        text = value.strip()
        if required and not text:
            self.fault(field, "is empty", f"give {field} a value")
        return text

    def texts(self, field: str) -> tuple[str, ...]:
        """Return a list: ``|`` between entries in CSV, an array in TOML."""
        value = self._values.get(field, "")
        if isinstance(value, str):
            value = value.split("|") if value else []
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            self.fault(field, f"{value!r} is not a list of texts", 'write ["a", "b"]')
            return ()
        return tuple(entry.strip() for entry in value if entry.strip())

    def number(self, field: str, low: int, high: int, default: int | None = None) -> int:
        """Return a whole number within bounds; ``default`` where the field is empty (None: it is required)."""
        if default is not None and not self.has(field):
            return default
        value = self._values.get(field)
        try:
            number = int(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            number = low - 1
        if isinstance(value, bool) or not low <= number <= high:
            self.fault(
                field, f"{value!r} is not a whole number from {low} to {high}", f"write a number from {low} to {high}"
            )
            return low
        return number

    def flag(self, field: str, *, default: bool = False) -> bool:
        """Return yes or no; ``default`` where the field is empty."""
        if not self.has(field):
            return default
        value = self._values[field]
        if value in (True, False):
            return bool(value)
        if value not in ("yes", "no"):
            self.fault(field, f"{value!r} is neither yes nor no", "write yes or no (true or false in TOML)")
        return bool(value == "yes")

    def day(self, field: str) -> date | None:
        """Return a date (YYYY-MM-DD; YYYY-MM is read as the first of the month); None where the field is empty."""
        value = self._values.get(field)
        if value is None or value == "":
            return None
        if type(value) is date:
            return value
        try:
            return date.fromisoformat(f"{value}-01" if _MONTH.fullmatch(value) else value)
        except (TypeError, ValueError):
            self.fault(field, f"{value!r} is not a date", "write YYYY-MM-DD")
            return None

    def period(self) -> tuple[date | None, date | None]:
        """Return ``valid_from`` and ``valid_to`` in the right order."""
        start, end = self.day("valid_from"), self.day("valid_to")
        if start and end and end < start:
            self.fault("valid_to", f"{end} lies before valid_from {start}", "swap the dates or correct one")
        return start, end

    def choice(self, field: str, read: Callable[[str], T], known: Iterable[str], default: T) -> T:
        """Return a value of a closed list."""
        value = self.text(field)
        try:
            return read(value)
        except ValueError:
            self.fault(field, f"{value!r} is not known", f"use one of: {', '.join(known)}")
            return default

    def numbers(self, field: str, keys: Iterable[str]) -> Mapping[str, int]:
        """Return a TOML table of whole numbers above zero with exactly these keys."""
        value = self._values.get(field)
        keys = tuple(keys)
        if not isinstance(value, dict) or set(value) != set(keys):
            self.fault(field, "is incomplete", "write { " + ", ".join(f"{key} = 24" for key in keys) + " }")
            return dict.fromkeys(keys, 1)
        if not all(type(number) is int and number > 0 for number in value.values()):
            self.fault(field, f"{value!r} holds something else than whole numbers above zero", "write whole hours")
            return dict.fromkeys(keys, 1)
        return value


def csv_rows(file: Path, columns: Iterable[str], faults: Faults, *, optional: bool = False) -> Iterator[Row]:
    """Yield the rows of a CSV file (UTF-8, header line, columns in any order); a broken or missing file is a fault."""
    wanted = tuple(columns)
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            missing = [column for column in wanted if column not in (reader.fieldnames or ())]
            extra = [column for column in reader.fieldnames or () if column not in wanted]
            if missing or extra:
                faults.add(
                    file,
                    1,
                    "header",
                    f"columns missing: {missing}, unknown: {extra}",
                    "the columns are " + ",".join(wanted),
                )
                return
            for values in reader:
                if None in values or None in values.values():
                    faults.add(
                        file,
                        reader.line_num,
                        "row",
                        "has too many or too few fields",
                        'put "…" around values with a comma',
                    )
                    continue
                yield Row(file, reader.line_num, values, faults, {})
    except FileNotFoundError:
        if not optional:
            faults.add(file, 0, "file", "is missing", "restore it, or copy it from another profile and edit it")
    except UnicodeDecodeError as error:
        faults.add(file, 0, "file", f"is not UTF-8 ({error.reason})", "save it as UTF-8")
    except csv.Error as error:
        faults.add(file, reader.line_num, "row", f"is not CSV ({error})", "mend the quotation marks of that line")


class Toml:
    """A TOML file whose tables know their lines. What it lacks is taken from ``base``, where one is given."""

    def __init__(self, file: Path, faults: Faults, base: Path | None = None) -> None:
        self._file = file
        self._faults = faults
        self._base = Toml(base, faults) if base else None
        self._source: list[str] = []
        self._data: dict[str, Any] = {}
        try:
            text = file.read_text(encoding="utf-8")
            self._source = text.splitlines()
            self._data = tomllib.loads(text)
        except FileNotFoundError:
            faults.add(file, 0, "file", "is missing", "restore it, or copy it from another profile and edit it")
        except UnicodeDecodeError as error:
            faults.add(file, 0, "file", f"is not UTF-8 ({error.reason})", "save it as UTF-8")
        except tomllib.TOMLDecodeError as error:
            match = _TOML_PLACE.search(str(error))
            line = int(match[1]) if match and match[1] else len(self._source)
            faults.add(file, line, "syntax", str(error), "mend that line; text stands in quotation marks")

    @property
    def readable(self) -> bool:
        """Tell whether the file could be read at all."""
        return bool(self._data)

    def top(self) -> Row:
        """Return the keys above the first table, with those of the base."""
        inherited = self._base._data if self._base else {}
        return Row(self._file, 1, {**inherited, **self._data}, self._faults, self._lines(0))

    def tables(self, name: str, known: Iterable[str]) -> list[Row]:
        """Return the ``[[name]]`` tables in order; none at all, or a key outside ``known``, is a fault."""
        if self._base and name not in self._data:
            return self._base.tables(name, known)
        value = self._data.get(name, [])
        if not value and self.readable:
            self._faults.add(self._file, 0, name, "has no entry", f"write at least one [[{name}]] table")
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self._faults.add(self._file, 0, name, "is not a list of tables", f"begin each entry with [[{name}]]")
            return []
        starts = [number for number, line in enumerate(self._source, 1) if line.strip() == f"[[{name}]]"]
        starts += [0] * (len(value) - len(starts))
        rows = [
            Row(self._file, start, entry, self._faults, self._lines(start))
            for start, entry in zip(starts, value, strict=False)
        ]
        for row in rows:
            row.only(*known)
        return rows

    def _lines(self, start: int) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for number, line in enumerate(self._source[start:], start + 1):
            if line.startswith("["):
                break
            if match := re.match(r"([A-Za-z_]+)\s*=", line):
                found[match[1]] = number
        return found
