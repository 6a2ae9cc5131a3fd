"""The message of `newsdelta alerts test`: an invented edit that says of itself that it is a test."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from scheduler.alerts.model import Form, Item, Letter, Message
from scheduler.alerts.samples import sample

_TITLE = {"zh": "【测试】", "en": "[Test] "}
_NOTICE = {
    "zh": "这是 newsdelta 的测试消息，下面的文章和修改都是编造的。",
    "en": "This is a test message of newsdelta; the article and the edit below are invented.",
}


def trial(
    write: Callable[[Message], Letter],
    key: str,
    *,
    language: str = "zh",
    template: str = "",
    subscription: str = "test",
    page: str = "",
) -> Letter:
    """Return the test message as it is written for a subscription.

    In documents for programs it can be told by its event, article and story, which all have the number 0.
    """
    message = replace(sample(language, template, subscription, page), key=key, thread="")
    message = replace(message, items=tuple(_nobody(item) for item in message.items))
    written = write(message)
    forms = {
        Form.PLAIN: lambda: written.plain,
        Form.MARKDOWN: lambda: written.markdown,
        Form.HTML: lambda: written.html,
    }
    notice = _NOTICE.get(language, _NOTICE["en"])

    def noticed(_: Message, form: Form) -> str:
        text = forms[form]()
        if form is Form.HTML:
            return re.sub(r"(<body[^>]*>)", rf"\g<1><p><strong>{notice}</strong></p>", text, count=1)
        return f"{notice}\n\n{text}"

    return Letter(message, noticed, _TITLE.get(language, _TITLE["en"]) + written.title)


def _nobody(item: Item) -> Item:
    """The item without the numbers that an article of the store could have."""
    article = replace(item.article, id=0, story=0) if item.article else None
    return replace(item, event=replace(item.event, id=0, article=0, story=0), article=article)
