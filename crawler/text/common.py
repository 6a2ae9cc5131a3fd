"""PURE the commonest characters of Simplified Chinese prose: a quick sign that a decoding is right."""

from __future__ import annotations

import re

#: The characters that head every published frequency count of modern Chinese; they make up about two thirds
#: of any news text, and one character in twelve of text that is decoded wrongly.
COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形"
    "相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展"
    "五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战"
    "先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白"
    "教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林"
    "，。、：；（）“”《》"
)
#: At least this share of a sample are common characters in Chinese text; wrong decodings stay far below.
_SHARE = 0.4
_FOREIGN_RUN = re.compile(r"[^\x00-\x7f]+")


def looks_chinese(text: str, at_most: int = 200) -> bool:
    """Say whether the first non-ASCII characters of a text are those that Chinese prose is made of."""
    sample = ""
    for run in _FOREIGN_RUN.finditer(text):
        sample += run[0]
        if len(sample) >= at_most:
            break
    return sum(map(COMMON.__contains__, sample)) >= _SHARE * max(1, len(sample))
