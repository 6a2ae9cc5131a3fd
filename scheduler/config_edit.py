"""Write into newsdelta.toml: one channel's section added or changed, everything else as it stands."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from storage.errors import ConfigError, NotFound


def add_channel(text: str, values: Mapping[str, Any]) -> str:
    """Return a config's text with one [[channel]] more: behind the others, or at the end where there are none.

    `values`: key → string, boolean, list, or mapping (written as an inline table). Raises ConfigError where the text
    is not valid TOML.
    """
    document = _parsed(text)
    table = tomlkit.table()
    for key, value in values.items():
        table.add(key, _item(value))
    found = document.get("channel")
    if isinstance(found, AoT):
        if found and not _ends_blank(found[-1]):
            found[-1].add(tomlkit.nl())
        found.append(table)
    else:
        if text.strip() and not text.endswith("\n\n"):
            document.add(tomlkit.nl())
        sections = tomlkit.aot()
        sections.append(table)
        document.add("channel", sections)
    return tomlkit.dumps(document)


def change_channel(text: str, name: str, changes: Mapping[str, Any]) -> str:
    """Return a config's text with some keys of the channel `name` set anew.

    `changes`: key → value; a key such as "article.body" reaches into a table; None takes the key away. Raises
    NotFound where no [[channel]] has the name, ConfigError where the text is not valid TOML.
    """
    document = _parsed(text)
    section = next((item for item in document.get("channel", ()) if item.get("name") == name), None)
    if section is None:
        raise NotFound("The config has no [[channel]] of this name", subject=name)
    for key, value in changes.items():
        _set(section, key.split("."), value)
    return tomlkit.dumps(document)


def channel_toml(values: Mapping[str, Any]) -> str:
    """Return one [[channel]] as TOML, as `add_channel` writes it into an empty file."""
    return add_channel("", values)


def write_config(path: Path, text: str) -> None:
    """Replace a config file in one step, so that nobody ever reads half of it; its permissions stay.

    Raises ConfigError where the file cannot be written.
    """
    target = path.resolve()  # a link stays a link
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            Path(name).chmod(mode)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError(
            "The config file cannot be written", subject=str(path), mend=f"Check the path ({error.strerror})"
        ) from error


def _parsed(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigError("The config file is not valid TOML", mend=str(error)) from error


def _ends_blank(table: Table) -> bool:
    return table.as_string().endswith("\n\n")


def _item(value: Any) -> Any:
    """A value as TOML: patterns and selectors in the quotes that need the least escaping."""
    if isinstance(value, str):
        return tomlkit.string(value, literal="\\" in value and "'" not in value and value.isprintable())
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        for key, inner in value.items():
            table.append(key, _item(inner))
        return table
    if isinstance(value, (list, tuple)):
        array = tomlkit.array()
        array.extend(_item(inner) for inner in value)
        return array.multiline(len(value) > 3)
    return tomlkit.item(value)


def _set(table: Any, path: list[str], value: Any) -> None:
    key, *rest = path
    if rest:
        if not isinstance(table.get(key), Mapping):
            if value is None:
                return
            table[key] = tomlkit.inline_table()
        _set(table[key], rest, value)
    elif value is None:
        table.pop(key, None)
    else:
        table[key] = _item(value)
