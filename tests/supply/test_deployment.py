"""How newsdelta is run: with as few rights as it needs, and no secret where others read."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scheduler.cli import COMMANDS
from tests.supply.lock import normal
from tests.supply.sbom import ROOT, pins_of

UNITS = sorted((ROOT / "docs" / "operations" / "units").glob("*.service"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def settings(unit: Path) -> dict[str, list[str]]:
    """The settings of a unit's [Service], by name; one that stands several times has several values."""
    found: dict[str, list[str]] = {}
    section = unit.read_text(encoding="utf-8").partition("[Service]\n")[2].partition("\n[")[0]
    for line in section.splitlines():
        name, is_set, value = line.partition("=")
        if is_set and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def steps(word: str) -> list[str]:
    """What the Dockerfile says after a word, continued lines joined."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.removeprefix(f"{word} ") for line in joined.splitlines() if line.startswith(f"{word} ")]


# -- the image


def test_the_image_runs_as_nobody_special_and_says_whether_it_is_well():
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER (\d+):(\d+)$", last, re.MULTILINE), (
        "a number, so that a cluster can see it is not root"
    )
    assert "USER 0" not in DOCKERFILE
    assert 'CMD ["newsdelta", "doctor", "--watcher"]' in last


def test_the_image_installs_nothing_that_is_not_locked_with_its_hash():
    installs = [part for run in steps("RUN") for part in run.split("&&") if "pip install" in part]
    assert len(installs) == 3
    for install in installs:
        assert "--require-hashes" in install or "--no-index --no-deps" in install
    assert "PIP_NO_CACHE_DIR=1" in DOCKERFILE


def test_what_builds_the_wheel_is_all_in_the_lock():
    [names] = re.findall(r"awk '/\^\(([a-z|-]+)\)==/", DOCKERFILE)
    locked = {pin.name for pin in pins_of(ROOT / "requirements-dev.lock")}
    assert {normal(name) for name in names.split("|")} <= locked


def test_the_image_holds_no_secret_and_no_store():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", "secrets", "*.db"} <= set(ignored)
    assert not re.search(r"(?i)(password|token|secret)\s*=", DOCKERFILE)


# -- compose


def test_our_service_has_no_rights_and_only_reads_its_root():
    ours = COMPOSE["services"]["watch"]
    assert ours["read_only"] is True
    assert ours["cap_drop"] == ["ALL"]
    assert "cap_add" not in ours
    assert "privileged" not in ours
    assert ours["tmpfs"][0].startswith("/tmp:")
    assert ours["command"][0] in COMMANDS


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_no_service_may_gain_rights(name):
    service = COMPOSE["services"][name]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["cap_drop"] == ["ALL"]
    assert "ports" not in service


def test_secrets_come_from_files_alone():
    named: dict[str, Any] = COMPOSE["secrets"]
    assert all(set(one) == {"file"} for one in named.values())
    for service in COMPOSE["services"].values():
        assert set(service["secrets"]) <= set(named)
        for key, value in service["environment"].items():
            if re.search(r"PASSWORD|URL|TOKEN|KEY", key):
                assert value.removeprefix("file:").startswith("/run/secrets/")


def test_the_database_is_reached_from_inside_alone():
    assert COMPOSE["services"]["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


# -- systemd

#: What every unit of ours must say, whatever else is in it.
HARDENED = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "ProtectHome": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectProc": "invisible",
    "ProtectSystem": "strict",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "RestrictSUIDSGID": "yes",
    "SystemCallArchitectures": "native",
    "User": "newsdelta",
}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_gives_up_what_it_does_not_need(unit: Path):
    said = settings(unit)
    assert {name: said.get(name, [None])[0] for name in HARDENED} == HARDENED
    assert "@system-service" in said["SystemCallFilter"]
    assert not re.search(r"(?i)(password|token|secret)=", "\n".join(said.get("Environment", [])))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_there_is(unit: Path):
    [start] = settings(unit)["ExecStart"]
    program, command, *_ = start.split()
    assert program.endswith("/newsdelta")
    assert command in COMMANDS


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_a_unit(unit: Path, tmp_path: Path):
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("there is no systemd-analyze here")
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text(encoding="utf-8").replace("/opt/newsdelta/bin/newsdelta", "/bin/true"))
    done = subprocess.run([tool, "verify", str(copy)], capture_output=True, text=True)
    about_it = [line for line in done.stderr.splitlines() if unit.name in line]
    assert about_it == []
