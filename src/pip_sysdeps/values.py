"""The part of `dataclasses` that this package uses, at a fiftieth of what that costs a start.

The module dataclasses writes and compiles the methods of each class when it is defined, and loads inspect, ast and dis
to do so: with eighty classes that was a third of a small `lock` (docs/decisions/0030-values-without-dataclasses.md). A
type checker sees the standard library's functions, and those take a value of this module for one of their own.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from dataclasses import Field, dataclass, field, fields, replace
else:

    def dataclass(*, frozen: bool, slots: bool, kw_only: bool) -> Callable[[type], type]:
        """Return the decorator; its one form says what the classes are, and type checkers go by it."""
        if not (frozen and slots and kw_only):
            raise TypeError("a value is frozen, has slots, and takes its fields by keyword")
        return _value_class

    def field(**settings: Any) -> _Field:  # noqa: ANN401 - of the field's type
        """Declare a field with more than a default: its `default` or `default_factory`, and `metadata`."""
        return _Field(**settings)

    def fields(value: _Value | type[_Value]) -> tuple[_Field, ...]:
        """Return the fields of a value or a class of values, in order."""
        return value.own_fields

    def replace(value: _Value, **changes: Any) -> _Value:  # noqa: ANN401 - of the fields' types
        """Return a copy with some fields changed."""
        return type(value)(**(_by_name(value) | changes))


__all__ = ["dataclass", "field", "fields", "replace"]

_REQUIRED: Any = object()


class _Field:
    """One field: what a user of `fields` asks about."""

    __slots__ = ("default", "default_factory", "metadata", "name")

    def __init__(
        self,
        *,
        default: Any = _REQUIRED,  # noqa: ANN401 - of the field's type
        default_factory: Callable[[], object] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = ""
        self.default = default
        self.default_factory = default_factory
        self.metadata = metadata or {}


class _StandardFields:
    """The fields as `dataclasses` has them, for whoever asks: its own functions, pytest."""

    def __get__(self, _: object, kind: type[_Value]) -> dict[str, Field[Any]]:
        import dataclasses  # noqa: PLC0415 - what this module is there to avoid

        given = [(each.name, Any, dataclasses.field(**_standard(each), kw_only=True)) for each in kind.own_fields]
        made: Any = dataclasses.make_dataclass(kind.__name__, given)
        return {each.name: each for each in dataclasses.fields(made)}


def _standard(each: _Field) -> dict[str, Any]:
    default = {} if each.default is _REQUIRED else {"default": each.default}
    factory = {"default_factory": each.default_factory} if each.default_factory else {}
    return {"metadata": each.metadata, **default, **factory}


class _Value:
    """What all values do; a class of them adds its slots."""

    __slots__ = ()
    __dataclass_fields__ = _StandardFields()
    own_fields: tuple[_Field, ...] = ()
    _stores: tuple[tuple[str, Callable[[object, Any], None]], ...] = ()
    """Each field, and what writes its slot."""
    _defaults: Mapping[str, Any] = {}
    _factories: tuple[tuple[str, Callable[[], object]], ...] = ()
    _all: Callable[[object], object]
    """Gives the content of all fields at once, to compare and hash."""

    def __init_subclass__(cls) -> None:
        names = [each.name for each in cls.own_fields]
        cls._stores = tuple([(name, getattr(cls, name).__set__) for name in names])
        cls._defaults = {each.name: each.default for each in cls.own_fields if each.default is not _REQUIRED}
        cls._factories = tuple([(each.name, each.default_factory) for each in cls.own_fields if each.default_factory])
        cls._all = staticmethod(attrgetter(*names))

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - of the fields' types
        if len(given) != len(self._stores):
            given = {**self._defaults, **{name: make() for name, make in self._factories}, **given}
        try:
            for name, store in self._stores:
                store(self, given[name])
        except KeyError as error:
            raise TypeError(f"{type(self).__name__} lacks {error}") from None
        if len(given) != len(self._stores):
            unknown = sorted(given.keys() - {name for name, _ in self._stores})
            raise TypeError(f"{type(self).__name__} has no {', '.join(unknown)}")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return bool(self._all(self) == self._all(other))

    def __hash__(self) -> int:
        return hash((type(self), self._all(self)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in _by_name(self).items())})"

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot delete field {name!r}")

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), _by_name(self))


def _by_name(value: _Value) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in value.own_fields}


def _restore(kind: type[_Value], content: dict[str, Any]) -> _Value:
    return kind(**content)


def _value_class(plain: type) -> type:
    """Make a class of values from one with annotated fields, which come after those of the class that it extends."""
    inherited = plain.own_fields if issubclass(plain, _Value) else ()
    bases = plain.__bases__ if issubclass(plain, _Value) else (_Value,)
    own = tuple(_fields_of(plain))
    names = [each.name for each in own]
    body = {name: each for name, each in plain.__dict__.items() if name not in {"__dict__", "__weakref__", *names}}
    return type(plain.__name__, bases, {**body, "own_fields": (*inherited, *own), "__slots__": tuple(names)})


def _fields_of(plain: type) -> Iterator[_Field]:
    for name in plain.__dict__.get("__annotations__", {}):  # noqa: RUF063 - inspect is what this module avoids
        default = plain.__dict__.get(name, _REQUIRED)
        each = default if isinstance(default, _Field) else _Field(default=default)
        each.name = name
        yield each
