"""PURE: any news page → its fields, without knowing its site."""

from crawler.extract.generic.page import TEMPLATE, read_generic

__all__ = ["TEMPLATE", "read_generic"]
