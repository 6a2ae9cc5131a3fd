"""Draws docs/demo.svg: runs `newsdelta demo` on a terminal of its own and keeps what it shows.

python docs/demo_picture.py
"""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 118
#: The first articles are many; a picture needs only some of them.
SHOWN = 5


def run_demo() -> str:
    """What the demo writes to a terminal."""
    master, slave = pty.openpty()
    env = {**os.environ, "COLUMNS": str(WIDTH), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    command = [sys.executable, "-c", "from scheduler.cli import main; main()", "demo"]
    process = subprocess.Popen(command, stdout=slave, stderr=slave, env=env)  # noqa: S603
    os.close(slave)
    output = b""
    while True:
        try:
            output += os.read(master, 4096)
        except OSError:
            break
    if process.wait():
        raise SystemExit("the demo failed; no picture was drawn")
    return output.decode()


def shorten(output: str) -> list[str]:
    """Leave out most of the articles that are there at the start, and the folder's name."""
    lines = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8801", output).splitlines()
    lines = [re.sub(r" \(data in \S+\)", "", line) for line in lines]
    new = [number for number, line in enumerate(lines) if "+ new" in line]
    hidden = set(new[SHOWN:-6])
    shown = [line for number, line in enumerate(lines) if number not in hidden]
    at = next(number for number, line in enumerate(shown) if line == lines[new[SHOWN - 1]])
    return [*shown[: at + 1], f"        … {len(hidden)} more", *shown[at + 1 :]]


def main() -> None:
    """Run, shorten, draw."""
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    console.print("[bold]$ make demo[/]")
    for line in shorten(run_demo()):
        console.print(Text.from_ansi(line), soft_wrap=True)
    picture = console.export_svg(title="newsdelta")
    picture = re.sub(
        r"@font-face \{.*?\}", "", picture, flags=re.S
    )  # the reader's own fonts; no foreign host
    Path(__file__).with_name("demo.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
