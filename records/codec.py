"""Frozen values to columns and JSON, and back, by the fields of their types.

A column holds a string, number, boolean, instant or JSON value; enumerations are stored by value, tuples and nested
values as JSON.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
_Load = Callable[[Any], Any]


def to_json(value: Any) -> Any:
    """Return ``value`` as JSON-ready data: values of frozen types become objects, instants ISO text."""
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_json(part) for key, part in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [to_json(part) for part in value]
    if dataclasses.is_dataclass(value):
        return {name: to_json(getattr(value, name)) for name in _names(type(value))}
    return value


def to_columns(value: Any) -> dict[str, Any]:
    """Return the fields of a frozen value as column values (instants stay instants)."""
    row: dict[str, Any] = {}
    for name in _names(type(value)):
        field = getattr(value, name)
        row[name] = field if field is None or isinstance(field, datetime) else to_json(field)
    return row


def from_columns(cls: type[T], row: Mapping[Any, Any]) -> T:
    """Build a frozen value from a row; columns that the type does not know are left out."""
    return cls(**{name: load(row[name]) for name, load in _plan(cls) if name in row})


def _find_names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(cls))


def _find_plan(cls: Any) -> tuple[tuple[str, _Load], ...]:
    hints = typing.get_type_hints(cls)
    return tuple((name, _loader(hints[name])) for name in _names(cls))


def _same(value: Any) -> Any:
    return value


def _find_loader(hint: Any) -> _Load:
    """Return the function that turns stored data into ``hint``."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        inner = _loader(next(part for part in typing.get_args(hint) if part is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        member = _loader(typing.get_args(hint)[0])
        return tuple if member is _same else lambda value: tuple(member(part) for part in value)
    if isinstance(hint, type):
        if issubclass(hint, Enum):
            return hint
        if issubclass(hint, datetime):
            return lambda value: datetime.fromisoformat(value) if isinstance(value, str) else value
        if dataclasses.is_dataclass(hint):
            return lambda value: value if isinstance(value, hint) else from_columns(hint, value)
    return _same


# Typed by hand: mypy does not take a class for a hashable argument of a cached function.
_names: Callable[[Any], tuple[str, ...]] = cache(_find_names)
_plan: Callable[[Any], tuple[tuple[str, _Load], ...]] = cache(_find_plan)
_loader: Callable[[Any], _Load] = cache(_find_loader)
