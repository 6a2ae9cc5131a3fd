"""Messages into words: Jinja2 templates, ours or the user's, in a sandbox; checked before anything is sent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scheduler.alerts.model import Form, Letter, Message
from scheduler.alerts.samples import samples
from scheduler.alerts.view import VIEWS, MessageView, headline, one_line, view
from storage.errors import ConfigError

log = logging.getLogger(__name__)

#: What a template's name ends in, for each form and for the title line.
ENDINGS = {Form.PLAIN: ".txt", Form.MARKDOWN: ".md", Form.HTML: ".html"}
LANGUAGES = ("zh", "en")
_TITLE = "title.txt"
#: Under this name a user's templates can extend ours: "newsdelta/zh/message.md".
_PREFIX = "newsdelta"
_OURS = Path(__file__).parent / "templates"
_OPEN = {kind: frozenset(field.name for field in fields(kind)) for kind in VIEWS}


def writer(templates: Path | None = None) -> Callable[[Message], Letter]:
    """Return what turns messages into letters, by the templates in a folder of the user's and else by ours.

    The user's folder is checked first. A template of the user's that fails on a message all the same is told to
    the log, and the message goes out by ours. Raises ConfigError.
    """
    if templates is not None:
        check_templates(templates)
    return _Writer(templates).letter


def check_templates(folder: Path, names: Sequence[str] = ()) -> None:
    """Try every template in a user's folder on messages of every kind.

    `names` are the templates that subscriptions ask for. Raises ConfigError with file, line and mend.
    """
    if not folder.is_dir():
        raise ConfigError(
            "There is no such folder of templates", subject=str(folder), mend="Make it, or drop templates = …"
        )
    own = _Writer(folder)
    paths = sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS.values() and path.is_file())
    for path in paths:
        own.compile(path.relative_to(folder).as_posix())
    for name in ("", *_asked_for(folder, paths, names)):
        for message in samples(template=name):
            own.try_on(message)


def _asked_for(folder: Path, paths: Sequence[Path], names: Sequence[str]) -> Iterator[str]:
    """Yield the names of the templates to try: those in the folder, and those asked for, which must be there."""
    known = {path.name.removesuffix(path.suffix).removesuffix(".title") for path in paths}
    known -= {"message", "title"}
    for name in names:
        if name and name not in known:
            raise ConfigError(
                f"No template is called {name!r}",
                subject=str(folder),
                mend=f"Write {name}.txt, {name}.md or {name}.html there, or drop template = {name!r}",
            )
    yield from sorted(known)


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox that does not ask about our own variables: they are frozen, and hold nothing but texts and numbers."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What a template means by `obj.attribute`."""
        if attribute in _OPEN.get(type(obj), ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


class _Writer:
    """The templates of one user's folder, or ours alone."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._environment = _environment(folder)
        self._found: dict[tuple[str, ...], jinja2.Template] = {}
        self._ours = _environment(None) if folder else None
        self._titles = folder is not None and any(folder.rglob(f"*{_TITLE}"))

    def letter(self, message: Message) -> Letter:
        """A message as a letter; its forms are written when they are asked for."""
        return Letter(message, self.write, self.title(message))

    def write(self, message: Message, form: Form) -> str:
        """One form of a message."""
        names = _names(message, f"message{ENDINGS[form]}", ENDINGS[form])
        return _tidy(self._rendered(names, view(message, form)), form)

    def title(self, message: Message) -> str:
        """The title line: the headline, or what a user's `title.txt` makes of it, cut to its length."""
        if not self._titles:
            return headline(message)
        return one_line(self._rendered(_title_names(message), view(message, Form.PLAIN))) or headline(message)

    def compile(self, name: str) -> None:
        """Read one of the user's templates. Raises ConfigError where it is none."""
        try:
            self._environment.get_template(name)
        except (jinja2.TemplateError, UnicodeDecodeError) as error:
            raise self._explained(error) from error

    def try_on(self, message: Message) -> None:
        """Write every form of a message. Raises ConfigError where a template of the user's fails."""
        try:
            for form, ending in ENDINGS.items():
                self._render(_names(message, f"message{ending}", ending), view(message, form))
            if self._titles:
                self._render(_title_names(message), view(message, Form.PLAIN))
        except Exception as error:  # a template can raise whatever Python can
            raise self._explained(error) from error

    def _rendered(self, names: tuple[str, ...], seen: MessageView) -> str:
        if self._ours is None:
            return self._render(names, seen)
        try:
            return self._render(names, seen)
        except Exception as error:  # the message must go out, whatever the template does
            log.warning("%s. The message goes out by our own template", self._explained(error))
            return self._ours.select_template(list(names)).render(_variables(seen))

    def _render(self, names: tuple[str, ...], seen: MessageView) -> str:
        """Write by the first template there is, which is looked for once."""
        template = self._found.get(names)
        if template is None:
            template = self._found[names] = self._environment.select_template(list(names))
        return template.render(_variables(seen))

    def _explained(self, error: Exception) -> ConfigError:
        """Name the file and line of the user's where rendering or reading failed."""
        place = _place(error, self._folder)
        what = getattr(error, "message", None) or str(error) or type(error).__name__
        mend = "Mend the template; docs/messages.md lists what templates can use"
        return ConfigError(f"The template is wrong: {what}", subject=place, mend=mend)


def _environment(folder: Path | None) -> _Sandbox:
    loaders: list[jinja2.BaseLoader] = [jinja2.PrefixLoader({_PREFIX: jinja2.FileSystemLoader(_OURS)})]
    if folder is not None:
        loaders.insert(0, jinja2.FileSystemLoader(folder))
    return _Sandbox(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=lambda name: name is None or name.endswith(ENDINGS[Form.HTML]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _names(message: Message, usual: str, ending: str) -> tuple[str, ...]:
    """The templates that may write a message: the user's, its own and then the usual ones, and at last ours."""
    own = [f"{message.template}{ending}"] if message.template else []
    language = message.language if message.language in LANGUAGES else LANGUAGES[0]
    theirs = [place for name in (*own, usual) for place in (f"{language}/{name}", name)]
    return (*theirs, f"{_PREFIX}/{language}/{usual}")


def _title_names(message: Message) -> tuple[str, ...]:
    return (*_names(message, _TITLE, f".{_TITLE}")[:-1], f"{_PREFIX}/{_TITLE}")


def _variables(seen: MessageView) -> dict[str, Any]:
    return {name: getattr(seen, name) for name in MessageView.__dataclass_fields__}


def _tidy(text: str, form: Form) -> str:
    """Texts end in no blank line, and hold never more than one in a row."""
    if form is Form.HTML:
        return text.strip() + "\n"
    lines: list[str] = []
    for line in map(str.rstrip, text.strip().splitlines()):
        if line or lines[-1]:
            lines.append(line)
    return "\n".join(lines)


def _place(error: BaseException, folder: Path | None) -> str:
    """The innermost place in the user's folder that an error came from: "FILE, line N"."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.filename or error.name or folder}, line {error.lineno}"
    found, trace = str(folder), error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if folder is not None and Path(name).is_relative_to(folder):
            found = f"{name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return found
