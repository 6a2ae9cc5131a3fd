"""The command line as a whole: quick help, every command documented and loadable."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from scheduler.cli import COMMANDS, newsdelta
from tests.reference import ROOT


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom scheduler.cli import newsdelta\n"
        "assert CliRunner().invoke(newsdelta, ['--help']).exit_code == 0\n"
        "heavy = {'scrapy', 'sqlalchemy', 'lxml', 'rich', 'twisted', 'rjieba', 'opencc'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name):
    shown = CliRunner().invoke(newsdelta, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert "Usage:" in shown.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_readme(name):
    assert f"newsdelta {name}" in (ROOT / "README.md").read_text(encoding="utf-8") or f"make {name}" in (
        ROOT / "README.md"
    ).read_text(encoding="utf-8")
