"""PURE: what a page says → fields: dates, names, lines and pictures, as a reader would see them."""

#: The version of all that turns a page into fields, here and in `crawler.sites`. Raise it when results change.
RULES = "x1"
