"""What was repaired is marked in the text, and listed below it with how sure we are."""

from scheduler.cli.paint import marked, repair_lines
from scheduler.mended import places
from storage.records import ArticleFields, Repair

GUESS = Repair("slip", 3, "规?偭恳淹黄", "规模总量已突破", certain=False, alternatives=("规模总量已突起",))
PROVED = Repair("annotation", 40, "裝備(bèi)", "裝備", certain=True)
FIELDS = ArticleFields("http://a.example/1", "规模总量已突破1.4万亿元", body=("裝備制造业规模扩大。",))


def test_a_repaired_place_is_underlined_and_a_guess_coloured() -> None:
    mended = places(FIELDS, (GUESS, PROVED))
    [guess] = marked(FIELDS.title, mended).spans
    [proved] = marked(FIELDS.body[0], mended).spans
    assert (guess.start, guess.end, guess.style) == (0, 7, "underline yellow")
    assert (proved.start, proved.end, proved.style) == (0, 2, "underline")


def test_the_guesses_are_listed_first_with_their_alternatives() -> None:
    lines = [line.plain for line in repair_lines((PROVED, GUESS))]
    assert lines[0] == "2 places of the page were repaired:"
    assert lines[1] == "  规?偭恳淹黄 → 规模总量已突破  a guess; or 规模总量已突起"
    assert lines[2] == "  裝備(bèi) → 裝備  proved"


def test_a_long_list_is_cut() -> None:
    lines = [line.plain for line in repair_lines((PROVED,) * 30)]
    assert len(lines) == 12
    assert lines[-1] == "  and 20 more: --json"


def test_nothing_is_said_of_a_text_that_was_whole() -> None:
    assert list(repair_lines(())) == []
