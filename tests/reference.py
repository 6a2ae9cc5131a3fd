"""The reference pages: real pages with the truth beside them, kept outside the project and used where present."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT.parent / "shared"

needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the folder of reference pages is not beside this checkout"
)
