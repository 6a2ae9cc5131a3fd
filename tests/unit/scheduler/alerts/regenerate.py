"""Write the golden messages anew: `python tests/unit/scheduler/alerts/regenerate.py`; read them as a reader would."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[3]))

from scheduler.alerts.model import Letter  # noqa: E402
from scheduler.alerts.write import writer  # noqa: E402
from tests.unit.scheduler.alerts.told import messages  # noqa: E402

LANGUAGES = ("zh", "en")


def texts(letter: Letter) -> dict[str, str]:
    """What the golden files of a message hold, by their endings; the plain text stands below the title line."""
    return {
        "txt": f"{letter.title}\n{'=' * 40}\n{letter.plain}\n",
        "md": f"{letter.markdown}\n",
        "html": letter.html,
    }


if __name__ == "__main__":
    write = writer()
    for language in LANGUAGES:
        folder = HERE / "messages" / language
        folder.mkdir(parents=True, exist_ok=True)
        for name, message in messages(language).items():
            for ending, text in texts(write(message)).items():
                (folder / f"{name}.{ending}").write_text(text, encoding="utf-8")
