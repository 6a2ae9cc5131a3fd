"""Write the golden files anew: `python tests/unit/crawler/sites/people/regenerate.py`; read the diff.

Each page `NAME.html` here stands for one template generation or variant, with its traps; `NAME.json` holds the
fields and further parts that reading it must give. All text in the pages is written for these tests.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[4]))

from crawler.sites.people import PEOPLE  # noqa: E402
from storage.records import as_json  # noqa: E402

HOST = "http://cq.people.com.cn"
ADDRESSES = {
    "g0-table": f"{HOST}/GB/134816/134818/9701267.html",
    "g1-ids": f"{HOST}/n/2015/0511/c365402-24808401.html?f41095c0",
    "g2-plain": f"{HOST}/n2/2019/0615/c365401-33040555.html",
    "g2-day-only": f"{HOST}/GB/365411/c32135678.html",
    "g2-gallery": f"{HOST}/n2/2018/0807/c365409-31900077-3.html",
    "g2-theory": f"{HOST}/n2/2017/0302/c365408-29790001.html",
    "g2-artcont": f"{HOST}/n2/2016/1120/c365405-29340001.html",
    "g2-gray": f"{HOST}/n2/2017/0423/c365402-30070001.html",
    "g3-plain": f"{HOST}/n2/2021/0605/c365411-34762345.html#liuyan",
    "g4-nested": f"{HOST}/n2/2025/0418/c365402-41203377.html",
    "g4-note": f"{HOST}/n2/2025/0910/c365402-41360001.html",
    "g4-theory": "http://127.0.0.1:8801/saved/page.html",
}


def reading(name: str) -> dict[str, Any] | None:
    """Read one page and return what its golden file holds."""
    page = PEOPLE.read_article((HERE / f"{name}.html").read_text("utf-8"), ADDRESSES[name])
    return {"parts": list(page.parts), **as_json(page.fields)} if page else None


def main() -> None:
    """Write all golden files."""
    for name in ADDRESSES:
        text = json.dumps(reading(name), ensure_ascii=False, indent=1)
        (HERE / f"{name}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
