"""Values are to be taken for the standard library's dataclasses, by readers and by its own functions."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from pip_sysdeps import values


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """What the other one is compared to."""

    name: str
    parts: tuple[str, ...] = ()
    notes: dict[str, str] = dataclasses.field(default_factory=dict)
    size: int = dataclasses.field(default=3, metadata={"unit": "KiB"})

    @property
    def label(self) -> str:
        """Return something computed."""
        return f"{self.name}/{self.size}"


@values.dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """The same, as this package declares it."""

    name: str
    parts: tuple[str, ...] = ()
    notes: dict[str, str] = values.field(default_factory=dict)
    size: int = values.field(default=3, metadata={"unit": "KiB"})

    @property
    def label(self) -> str:
        """Return something computed."""
        return f"{self.name}/{self.size}"


@values.dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """A value that can be hashed."""

    name: str


@values.dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another one, of the same content."""

    name: str


@values.dataclass(frozen=True, slots=True, kw_only=True)
class Larger(Ours):
    """One that extends another."""

    colour: str


BOTH = pytest.mark.parametrize("kind", [Standard, Ours])


@BOTH
def test_fields_and_defaults(kind: type[Ours]) -> None:
    """A value has what it was given, the defaults, and the class's own properties."""
    value = kind(name="a", parts=("b",))
    assert (value.name, value.parts, value.size, value.label) == ("a", ("b",), 3, "a/3")


@BOTH
@pytest.mark.parametrize("given", [{}, {"parts": ()}, {"name": "a", "other": 1}, {"parts": (), "size": 1, "other": 2}])
def test_wrong_fields_are_refused(kind: type[Ours], given: dict[str, object]) -> None:
    """A field that is missing or unknown is a TypeError."""
    with pytest.raises(TypeError):
        kind(**given)  # type: ignore[arg-type] # that is the point


@BOTH
def test_positions_are_refused(kind: type[Ours]) -> None:
    """Fields are given by keyword."""
    with pytest.raises(TypeError):
        kind("a")  # type: ignore[call-arg] # that is the point


@BOTH
def test_nothing_can_be_changed(kind: type[Ours]) -> None:
    """A value is frozen, and has no place for anything else."""
    value = kind(name="a")
    for name in ("name", "other"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(value, name, "b")
        with pytest.raises((AttributeError, TypeError)):
            delattr(value, name)
    assert not hasattr(value, "__dict__")


@BOTH
def test_equal_by_content_and_class(kind: type[Ours]) -> None:
    """Values of one class with the same content are equal and hash alike."""
    assert kind(name="a") == kind(name="a", size=3)
    assert kind(name="a") != kind(name="b")
    other: object = ("a", (), {}, 3)
    assert kind(name="a") != other


@BOTH
def test_a_factory_is_asked_each_time(kind: type[Ours]) -> None:
    """Two values do not share what their field's factory made."""
    assert kind(name="a").notes is not kind(name="a").notes


def test_hash_by_content_and_class() -> None:
    """Values of one class with the same content are one in a set, those of two classes are not."""
    assert len({Small(name="a"), Small(name="a"), Small(name="b"), Other(name="a")}) == 3


@BOTH
def test_repr_shows_every_field(kind: type[Ours]) -> None:
    """The text is that of a dataclass."""
    assert repr(kind(name="a")) == f"{kind.__name__}(name='a', parts=(), notes={{}}, size=3)"


@pytest.mark.parametrize("replace", [values.replace, dataclasses.replace])
def test_replace(replace: object) -> None:
    """Both functions make a changed copy, and refuse an unknown field."""
    assert callable(replace)
    assert replace(Ours(name="a"), size=5) == Ours(name="a", size=5)
    with pytest.raises(TypeError):
        replace(Ours(name="a"), other=5)


def test_fields() -> None:
    """Both functions give names, defaults and metadata."""
    ours = [(each.name, dict(each.metadata)) for each in values.fields(Ours)]
    assert ours == [(each.name, dict(each.metadata)) for each in dataclasses.fields(Standard)]
    assert ours == [(each.name, dict(each.metadata)) for each in dataclasses.fields(Ours)]
    assert values.fields(Ours)[3].default == dataclasses.fields(Ours)[3].default == 3
    assert dataclasses.fields(Ours)[0].default is dataclasses.MISSING


def test_standard_functions_take_a_value() -> None:
    """`dataclasses` takes a value for one of its own, so do copy and pickle."""
    value = Ours(name="a")
    assert dataclasses.is_dataclass(value)
    assert dataclasses.asdict(value) == {"name": "a", "parts": (), "notes": {}, "size": 3}
    assert copy.deepcopy(value) == pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes


def test_a_class_extends_another() -> None:
    """The fields of the extended class come first, and the own ones after them."""
    value = Larger(name="a", colour="red")
    assert [each.name for each in values.fields(value)] == ["name", "parts", "notes", "size", "colour"]
    assert (value.name, value.size, value.colour, value.label) == ("a", 3, "red", "a/3")
    assert isinstance(value, Ours)
    assert value != Ours(name="a")
    assert not hasattr(value, "__dict__")


def test_another_form_is_refused() -> None:
    """The decorator makes frozen values only."""
    with pytest.raises(TypeError, match="frozen"):
        values.dataclass(frozen=True, slots=False, kw_only=True)
