"""From a file's text to the model that it declares, or to every mistake in it; pydantic finds most of them.

What a validator of our own raises (``refused``) carries its words; pydantic's own errors are put into words here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from harness.declaration.files import invalid
from harness.declaration.naming import NO_WORDS, remedy
from harness.declaration.parsed_texts import keep, kept_data
from harness.declaration.spec_error import DataPath, InvalidSpec, SpecError, in_order, shown
from harness.declaration.tree import Tree
from harness.errors import did_you_mean

MOST_REPORTED = 100

Model = TypeVar("Model", bound=BaseModel)


def read_model(
    model: type[Model],
    file: Path,
    text: str,
    check: Callable[[Model], Iterable[SpecError]] = lambda _: (),
    prepare: Callable[[Any], Any] = lambda data: data,
) -> Model:
    """Return the model that the file's text declares; ``check`` looks at what only the whole can show.

    ``prepare`` may write out what the text's plain data leaves to other files; its keys must stay.

    Raises:
        InvalidSpec: with all mistakes of the text, of the fields, or of the whole.
    """
    declared, found = _validated(model, kept_data(text), prepare, check)
    if declared is not None and not found:
        return declared
    from harness.declaration.yaml_text import parse  # noqa: PLC0415 - a text that is known takes no parser

    tree = parse(text, str(file))
    declared = read_tree(model, file, tree, check, prepare)
    keep(text, tree.data)
    return declared


def read_tree(
    model: type[Model],
    file: Path,
    tree: Tree,
    check: Callable[[Model], Iterable[SpecError]] = lambda _: (),
    prepare: Callable[[Any], Any] = lambda data: data,
) -> Model:
    """Return the model that a parsed text declares, as `read_model`."""
    if tree.data is None and not tree.errors:
        needed = [name for name, field in model.model_fields.items() if field.is_required()]
        raise invalid(file, "the file is empty", f"write its fields: {', '.join(needed)}")
    declared, found = _validated(model, tree.data, prepare, check)
    mistakes = all_mistakes(tree, found)
    if declared is None or mistakes:
        raise InvalidSpec(first_mistakes(mistakes))
    return declared


def _validated(
    model: type[Model],
    data: object,
    prepare: Callable[[Any], Any],
    check: Callable[[Model], Iterable[SpecError]],
) -> tuple[Model | None, list[SpecError]]:
    """Return the model that the data declares, if its fields are valid, and the mistakes in it."""
    if data is None:
        return None, []
    try:
        declared = model.model_validate(prepare(data))
    except ValidationError as error:
        return None, list(spec_errors(error, model))
    return declared, list(check(declared))


def spec_errors(error: ValidationError, model: type[BaseModel]) -> Iterator[SpecError]:
    """Yield pydantic's errors in words."""
    details = error.errors(include_url=False)
    for detail in details:
        if detail["type"] == "too_short" and any(_is_below(other, detail) for other in details):
            continue  # pydantic counts valid items only: the others are reported already
        yield _spec_error(detail, model)


def all_mistakes(tree: Tree, found: Iterable[SpecError]) -> tuple[SpecError, ...]:
    """Return the mistakes of the text, and those found in its data at places where the text itself has none."""
    taken = {error.place for error in tree.errors}
    located = [tree.located(error) for error in found]
    return in_order([*tree.errors, *(error for error in located if error.place not in taken)])


def first_mistakes(mistakes: tuple[SpecError, ...]) -> list[SpecError]:
    """Return as many mistakes as anyone corrects at once, and how many follow."""
    reported, rest = list(mistakes[:MOST_REPORTED]), mistakes[MOST_REPORTED:]
    if rest:
        what = f"and {len(rest):,} more mistakes"
        reported.append(SpecError((), what, "correct these first", place=rest[0].place))
    return reported


def _is_below(other: ErrorDetails, detail: ErrorDetails) -> bool:
    depth = len(detail["loc"])
    return len(other["loc"]) > depth and other["loc"][:depth] == detail["loc"]


_NOT_A = {
    "int_type": ("a whole number", "write a whole number such as 3"),
    "int_from_float": ("a whole number", "write a whole number such as 3"),
    "int_parsing": ("a whole number", "write a whole number such as 3"),
    "float_type": ("a number", "write a number such as 0.5"),
    "float_parsing": ("a number", "write a number such as 0.5"),
    "finite_number": ("a finite number", "write a number such as 0.5"),
    "string_type": ("text", "write a word, or put quotes around it"),
    "bool_type": ("true or false", "write true or false"),
    "list_type": ("a list", "write a list: [a, b], or one '- item' a line"),
    "tuple_type": ("a list", "write a list: [a, b], or one '- item' a line"),
    "model_type": ("a mapping", "write 'name: value' lines below it, indented"),
    "dict_type": ("a mapping", "write 'name: value' lines below it, indented"),
}

_BOUNDS: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    "greater_than_equal": lambda bound: ("too small", f"write {bound['ge']} or more"),
    "greater_than": lambda bound: ("too small", f"write more than {bound['gt']}"),
    "less_than_equal": lambda bound: ("too large", f"write {bound['le']} or less"),
    "less_than": lambda bound: ("too large", f"write less than {bound['lt']}"),
    "string_too_short": lambda _: ("empty", "write some words"),
    "string_too_long": lambda bound: ("too long", f"write {bound['max_length']} letters or fewer"),
    "too_short": lambda bound: ("too short a list", f"give {bound['min_length']} or more"),
    "too_long": lambda bound: ("too long a list", f"give {bound['max_length']} or fewer"),
}


_ABSENT = {"missing", "field_missing"}
_SURPLUS = {"extra_forbidden", "field_unknown"}


def _spec_error(detail: ErrorDetails, model: type[BaseModel]) -> SpecError:
    kind, path = detail["type"], detail["loc"]
    what, remedy = _words(detail, model)
    return SpecError(path[:-1] if kind in _ABSENT else path, what, remedy, on_key=kind in _ABSENT | _SURPLUS)


def _words(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    subject = _subject(detail["loc"])
    if kind == "missing":
        return f"{subject} is missing", "add it"
    if kind == "extra_forbidden":
        inner = _model_at(model, detail["loc"][:-1])
        fields, words = list(inner.model_fields), getattr(inner, "field_words", NO_WORDS)
        meant = remedy(str(detail["loc"][-1]), fields, words)
        return f"there is no field {subject} here", meant or f"the fields are {', '.join(fields)}"
    if kind == "literal_error":
        expected = str(context.get("expected", ""))
        words = [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]
        return f"{subject} is {shown(value)}, not {expected}", did_you_mean(str(value), words) or "write one of these"
    if kind in _NOT_A:
        form, example = _NOT_A[kind]
        return f"{subject} is {shown(value)}, not {form}", example
    if kind == "too_short" and isinstance(value, str):
        kind = "string_too_short"  # pydantic's name for it where a validator of ours comes before the length
    if kind in _BOUNDS:
        state, bound = _BOUNDS[kind](context)
        about = "" if kind.startswith(("too", "string")) else f"{shown(value)}, which is "
        return f"{subject} is {about}{state}", bound
    message = detail["msg"]
    return context.get("what", f"{subject} is {shown(value)}"), context.get("remedy", message[0].lower() + message[1:])


def _model_at(model: type[BaseModel], path: DataPath) -> type[BaseModel]:
    """Return the model, or the one inside it that the path leads to."""
    for name in path:
        inner = model.model_fields[name].annotation if name in model.model_fields else None
        # Of 'Model | None' and of a list of models, the model.
        models = (one for one in (inner, *get_args(inner)) if inspect.isclass(one) and issubclass(one, BaseModel))
        model = next(models, model)
    return model


def _subject(path: DataPath) -> str:
    """Return the field's name, with a number where the mistake is inside a list."""
    names = [part for part in path if isinstance(part, str)]
    last = path[-1] if path else None
    if not names:
        return "the file"
    name = shown(names[-1])
    return f"item {last + 1} of {name}" if isinstance(last, int) else name
