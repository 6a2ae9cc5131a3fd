"""What is wrong with newsdelta.toml, in words: file, line, key and mend."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
import msgspec.structs

from scheduler.settings import did_you_mean
from storage.errors import ConfigError


def explain(
    error: msgspec.ValidationError, source: Path, text: str, sections: Mapping[str, type[msgspec.Struct]]
) -> ConfigError:
    """Turn "… - at `$.watch.every`" into file, line, key and mend. `sections`: the tables by name."""
    message, _, where = str(error).partition(" - at ")
    path = [step for step in re.split(r"[.\[\]`$]+", where) if step]
    mend = ""
    unknown = re.search(r"unknown field `(\w+)`", message)
    if unknown:
        message, mend = f"unknown key {unknown[1]!r}", _keys_mend(path, unknown[1], sections)
        path.append(unknown[1])
    keyed = re.match(r"(\w+) = ", message)
    if keyed and path:
        path.append(keyed[1])
    missing = re.search(r"missing required field `(\w+)`", message)
    if missing:
        message, mend = f"the key {missing[1]!r} is missing", f"Add {missing[1]} = …"
    message = re.sub(r"Expected `(\w+).*?`, got `(\w+)`", r"expected \1, got \2", message)
    return wrong(message, source, text, path, mend)


def wrong(message: str, source: Path, text: str, path: Iterable[str], mend: str = "") -> ConfigError:
    """The error for a fault at `path`: table, number, keys."""
    return ConfigError(f"The config is wrong: {message}", subject=f"{source}{place(path, text)}", mend=mend)


def _keys_mend(path: list[str], key: str, sections: Mapping[str, type[msgspec.Struct]]) -> str:
    known: tuple[str, ...] = tuple(sections)
    if names := [step for step in path if not step.isdigit()]:
        known = _keys_of(sections[names[0]], names[1:])
    return f"Known here: {', '.join(known)}{did_you_mean(key, known)}"


def _keys_of(section: type[msgspec.Struct], inner: Iterable[str]) -> tuple[str, ...]:
    """The keys of a table, or of the table within it that `inner` leads to."""
    for name in inner:
        kind = next((one.type for one in msgspec.structs.fields(section) if one.name == name), None)
        kinds = (kind, *typing.get_args(kind))
        section = next(
            (one for one in kinds if isinstance(one, type) and issubclass(one, msgspec.Struct)), section
        )
    return section.__struct_fields__


def place(path: Iterable[str], text: str) -> str:
    """The line that `path` (table, number, key, inner key) leads to; the path itself where no line does."""
    steps = list(path)
    names = [step for step in steps if not step.isdigit()]
    nth = next((int(step) for step in steps if step.isdigit()), 0)
    if not names:
        return ""
    table, keys = names[0], names[1:]
    header, seen = "", -1
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?", line):
            header = found[1]
            seen += header == table
            if seen == nth and header == ".".join([table, *keys]):
                return f", line {number}"
        elif seen == nth and (header + ".").startswith(table + ".") and _leads_to(keys, header, line):
            return f", line {number}"
    return f", {'.'.join(steps)}"


def _leads_to(keys: list[str], header: str, line: str) -> bool:
    """Tell whether a line below a header sets the key that `keys` leads to, or the inline table that holds it."""
    inner = header.split(".")[1:]
    rest = keys[len(inner) :]
    if keys[: len(inner)] != inner or not rest:
        return False
    dotted = r"\s*\.\s*".join(map(re.escape, rest))
    return re.match(rf"\s*(?:{dotted}\s*=|{re.escape(rest[0])}\s*=\s*\{{)", line) is not None
