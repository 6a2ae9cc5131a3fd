"""Events, articles and diffs on a terminal: colour where there is a terminal, signs that read without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from scheduler.cli.common import local
from scheduler.healing import config_diff
from scheduler.mended import places, split
from storage.diff import PARAGRAPH_BREAK, Change, ChangeKind, Diff, Part
from storage.records import Article, ArticleFields, Event, Healing, Repair, Revision
from storage.stories import Label, Retelling

KINDS = {
    "new": ("+", "green"),
    "edited": ("~", "yellow"),
    "removed": ("-", "red"),
    "restored": ("^", "cyan"),
    "republished": ("=", "blue"),
    "channel-broken": ("!", "red bold"),
    "channel-recovered": ("o", "green"),
    "channel-quiet": (".", "dim"),
}
_PARTS = {
    Part.KICKER: "kicker",
    Part.TITLE: "title",
    Part.SUBTITLE: "subtitle",
    Part.SOURCE: "source",
    Part.AUTHORS: "authors",
    Part.BODY: "",
    Part.EDITORS: "editors",
}
_SIGNS = {
    ChangeKind.KEPT: (" ", "dim"),
    ChangeKind.ADDED: ("+", "green"),
    ChangeKind.REMOVED: ("-", "red"),
    ChangeKind.REPLACED: ("~", ""),
    ChangeKind.MOVED: (">", "cyan"),
}


#: Sentences that a member of a story cut, and added, shown at most.
_SHOWN = 3
#: Repairs that are listed.
_REPAIRS = 10
_LABELS = {Label.COPY: "blue", Label.ABRIDGED: "red", Label.EXTENDED: "green"}


def console() -> Console:
    """The console for stdout."""
    return Console(highlight=False, soft_wrap=True)


def event_line(event: Event) -> Text:
    """One event as one line: when, what, how heavy, where, title."""
    sign, colour = KINDS.get(event.kind.value, ("·", "white"))
    line = Text()
    line.append(local(event.at), "dim")
    line.append(f"  {sign} {event.kind.value:<11}", colour)
    line.append(f" {event.weight:>3}" if event.weight else "    ", "bold" if event.weight >= 40 else "dim")
    line.append(f"  {event.channel}  ", "dim")
    line.append(event.title or event.url)
    if event.classes:
        line.append(f"  [{', '.join(kind.value for kind in event.classes)}]", "yellow")
    if event.article is not None:
        line.append(f"  #{event.article}", "dim")
    if event.story is not None and event.story != event.article:
        line.append(f"  story of #{event.story}", "dim")
    return line


def print_healing(out: Console, healing: Healing) -> None:
    """What would mend a channel that broke: the change of its config, and what was not found."""
    for line in config_diff(healing).splitlines():
        out.print(Text("    " + line, {"+": "green", "-": "red"}.get(line[:1], "dim")))
    for note in healing.notes:
        out.print(Text("    " + note, "yellow"))
    if healing.changes:
        out.print(Text(f"    Read rightly with them: {healing.pages} pages", "dim"))


def article_line(article: Article) -> Text:
    """One article as one line."""
    line = Text()
    line.append(f"#{article.id:<6}", "dim")
    line.append(f"{local(article.published_at or article.first_seen)}  ", "dim")
    if article.state.value != "present":
        line.append(f"[{article.state.value}] ", "red")
    line.append(article.title)
    if article.revisions > 1:
        line.append(f"  {article.revisions} revisions", "yellow")
    return line


def diff_lines(diff: Diff) -> list[Text]:
    """A diff for reading: the changed sentences with one unchanged around them, deletions and insertions marked."""
    lines: list[Text] = []
    for hunk in diff.hunks(context=1):
        part = _PARTS[hunk[0].where]
        lines.append(Text(f"@ {part}" if part else "@ body", "bold blue"))
        lines.extend(_change_line(change) for change in hunk)
    return lines


def _change_line(change: Change) -> Text:
    sign, colour = _SIGNS[change.kind]
    line = Text(f"{sign} ", colour)
    if change.kind is ChangeKind.REPLACED:
        for run in change.runs:
            if run.op == "-":
                line.append(f"[-{_one_line(run.text)}-]", "red strike")
            elif run.op == "+":
                line.append(f"{{+{_one_line(run.text)}+}}", "green")
            else:
                line.append(_one_line(run.text))
    else:
        line.append(_one_line(change.new or change.old), colour)
    if change.classes:
        line.append(f"  ({', '.join(kind.value for kind in change.classes)})", "yellow dim")
    return line


def _one_line(text: str) -> str:
    return text.replace(PARAGRAPH_BREAK, " ¶ ").replace("\n", " ")


def print_revision(out: Console, article: Article, revision: Revision, addresses: list[str]) -> None:
    """An article as a reader sees it, with what the store knows of it."""
    fields = revision.reading.fields
    mended = places(fields, revision.reading.repairs)
    if fields.kicker:
        out.print(marked(fields.kicker, mended), style="dim")
    out.print(marked(fields.title, mended), style="bold")
    if fields.subtitle:
        out.print(marked(fields.subtitle, mended))
    out.print()
    facts = [
        ("published", local(fields.published_at)),
        ("source", fields.source),
        ("authors", "、".join(fields.authors)),
        ("editors", "、".join(fields.editors)),
        ("section", " > ".join(fields.section)),
        ("state", article.state.value),
        ("revision", f"{revision.number} of {article.revisions}, seen {local(revision.seen_at)}"),
        ("template", f"{fields.template}, {revision.reading.encoding.used}: {revision.reading.encoding.why}"),
        ("hash", revision.reading.content_hash),
        *(("address", url) for url in addresses),
    ]
    for name, value in facts:
        if value:
            out.print(f"[dim]{name:>10}[/]  {escape(value)}")
    print_text(out, fields, revision.reading.repairs)


def print_text(out: Console, fields: ArticleFields, repairs: Sequence[Repair]) -> None:
    """The body and pictures; what was repaired is underlined on a terminal, and listed at the end."""
    mended = places(fields, repairs)
    for paragraph in fields.body:
        out.print()
        out.print(Text("　　").append_text(marked(paragraph, mended)))
    for image in fields.images:
        out.print(f"\n[dim]▣ {escape(image.caption or '(no caption)')}  {escape(image.url)}[/]")
    if repairs:
        out.print()
    for line in repair_lines(repairs):
        out.print(line)


def marked(text: str, mended: Mapping[str, Repair]) -> Text:
    """A text with its repaired places underlined, the guessed ones in another colour."""
    line = Text()
    for piece, repair in split(text, mended):
        line.append(piece, None if repair is None else "underline" if repair.certain else "underline yellow")
    return line


def repair_lines(repairs: Sequence[Repair]) -> Iterator[Text]:
    """What was repaired, the guesses first: as found, as repaired, how sure."""
    if not repairs:
        return
    yield Text(f"{len(repairs)} places of the page were repaired:", "bold")
    for one in sorted(repairs, key=lambda repair: repair.certain)[:_REPAIRS]:
        line = Text(f"  {_one_line(one.found)} → {_one_line(one.repaired) or '(left out)'}  ")
        line.append("proved" if one.certain else "a guess", "dim" if one.certain else "yellow")
        if one.alternatives:
            line.append(f"; or {', '.join(one.alternatives[:3])}", "dim")
        yield line
    if len(repairs) > _REPAIRS:
        yield Text(f"  and {len(repairs) - _REPAIRS} more: --json", "dim")


def story_lines(shown: Article, members: Sequence[Article], retold: Sequence[Retelling]) -> Iterator[Text]:
    """The members of an article's story, the first seen first; nothing where it is the only one."""
    if len(members) < 2:
        return
    yield Text()
    yield Text(f"One story in {len(members)} articles, the first seen first:", "bold")
    for member, one in zip(members, [None, *retold], strict=True):
        line = Text("▸ " if member.id == shown.id else "  ", "bold")
        line.append(f"#{member.id:<6}", "dim")
        line.append(f"{local(member.first_seen)}  {member.channel:<4} ", "dim")
        line.append(f"{one.label if one else 'first':<9}", _LABELS.get(one.label, "dim") if one else "bold")
        line.append(member.title)
        if one and one.of:
            line.append(f"  (beside #{members[one.of].id})", "dim")
        yield line
        if one:
            yield from _sentences("-", "red", one.cut)
            yield from _sentences("+", "green", one.added)


def _sentences(sign: str, colour: str, sentences: Sequence[str]) -> Iterator[Text]:
    for sentence in sentences[:_SHOWN]:
        yield Text(f"      {sign} {sentence}", colour)
    if len(sentences) > _SHOWN:
        yield Text(f"      {sign} and {len(sentences) - _SHOWN} more: newsdelta show --json", "dim")
