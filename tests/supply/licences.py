"""PURE: what an installed package's metadata says of its licence (PEP 639), and whether it is strong copyleft."""

from __future__ import annotations

import re
from email.message import Message

#: The trove classifiers in use, in SPDX's words; others stand as they are.
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "Zope Public License": "ZPL-2.1",
}
#: Short texts that packages write into "License", in SPDX's words.
_TEXTS = {
    "apache license 2.0": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "mit license": "MIT",
    "the mit license": "MIT",
}
#: The GNU licences that claim what links to them. The Lesser one does not, nor does an exception for linking.
_COPYLEFT = re.compile(r"(?<![A-Za-z])A?GPL", re.IGNORECASE)


def licence_of(metadata: Message) -> str:
    """The licence as an SPDX expression where it can be told, else in the package's words; '' for none said."""
    expression = metadata.get("License-Expression")
    if expression:
        return str(expression).strip()
    said = str(metadata.get("License") or "").strip()
    classifiers = [
        one.rpartition(" :: ")[2]
        for one in metadata.get_all("Classifier", [])
        if one.startswith("License :: ") and not one.endswith("OSI Approved")
    ]
    if classifiers:
        # Whether one may choose is not said: the stricter reading.
        return " AND ".join(sorted({_CLASSIFIERS.get(one, one) for one in classifiers}))
    first = said.splitlines()[0].strip() if said else ""
    return _TEXTS.get(first.lower(), first)


def is_expression(licence: str) -> bool:
    """Whether it has the form of an SPDX expression: identifiers, joined by AND, OR and WITH."""
    return re.fullmatch(r"\(*[\w.+-]+\)*(?: (?:AND|OR|WITH) \(*[\w.+-]+\)*)*", licence) is not None


def is_strong_copyleft(licence: str) -> bool:
    """Whether every choice that the expression leaves is GPL or AGPL, without an exception that frees who links."""
    choices = re.split(r"\s+OR\s+", licence.strip("() "), flags=re.IGNORECASE)
    return bool(licence) and all(
        _COPYLEFT.search(choice) is not None and " WITH " not in choice.upper() for choice in choices
    )
