"""A bill of materials, CycloneDX 1.6 as JSON, from the locked requirements and what is installed of them: `make sbom`.

    python -m tests.supply.sbom > sbom.cdx.json

The same lock makes the same document, but for its time, which is that of SOURCE_DATE_EPOCH where it is set.
Nothing is fetched.
"""

from __future__ import annotations

import json
import os
import sys
import time
import tomllib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from tests.supply.licences import is_expression, licence_of
from tests.supply.lock import Pin, normal, read_lock

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"


def bill(
    pins: Iterable[Pin], installed: Mapping[str, Distribution], project: Mapping[str, Any], when: datetime
) -> Any:
    """The document. `project` is the table [project] of pyproject.toml; `installed` is by normal name.

    A package that is locked for other systems and not installed here has no licence in it, and is optional.
    """
    found = sorted(pins, key=lambda pin: pin.name)
    root = _purl(project["name"], project["version"])
    names = {pin.name: _purl(pin.name, pin.version) for pin in found}
    parts = [_component(pin, installed.get(pin.name)) for pin in found]
    own = _needed(project["dependencies"], names)
    links = [{"ref": root, "dependsOn": own}]
    links += [{"ref": names[pin.name], "dependsOn": _of(installed.get(pin.name), names)} for pin in found]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([root, parts, links]))}",
        "version": 1,
        "metadata": {
            "timestamp": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": project["name"],
                "version": project["version"],
                "purl": root,
                "licenses": [{"expression": project["license"]}],
            },
        },
        "components": parts,
        "dependencies": links,
    }


def _component(pin: Pin, there: Distribution | None) -> dict[str, Any]:
    purl = _purl(pin.name, pin.version)
    part: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": pin.name,
        "version": pin.version,
        "purl": purl,
        "scope": "required" if there is not None or not pin.marker else "optional",
        "externalReferences": [
            {
                "type": "distribution",
                "url": purl,
                "comment": "the files of this version, any of which may be installed",
                "hashes": [{"alg": "SHA-256", "content": one} for one in pin.hashes],
            }
        ],
    }
    if there is not None and (licence := licence_of(there.metadata)):  # type: ignore[arg-type]
        part["licenses"] = [
            {"expression": licence} if is_expression(licence) else {"license": {"name": licence}}
        ]
    if pin.marker:
        part["properties"] = [{"name": "newsdelta:marker", "value": pin.marker}]
    return part


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{normal(name)}@{version}"


def _of(there: Distribution | None, names: Mapping[str, str]) -> list[str]:
    return _needed(there.requires or [] if there is not None else [], names)


def _needed(requirements: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """What the requirements lead to of what is locked, those of extras left out."""
    wanted = (Requirement(text) for text in requirements)
    plain = {normal(one.name) for one in wanted if one.marker is None or "extra" not in str(one.marker)}
    return sorted(names[name] for name in plain if name in names)


def installed_here() -> dict[str, Distribution]:
    """The packages of this environment, by their normal names."""
    return {normal(one.metadata["Name"]): one for one in distributions() if one.metadata["Name"]}


def pins_of(lock: Path) -> Iterator[Pin]:
    """The pins of a lock file."""
    return read_lock(lock.read_text(encoding="utf-8"))


def main() -> None:
    """Print the bill of the runtime's requirements."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    when = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or time.time()), UTC)
    json.dump(bill(pins_of(LOCK), installed_here(), project, when), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
