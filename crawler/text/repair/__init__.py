"""Repair of texts that copying sites damaged: what cannot be proved is left as found."""

from crawler.text.repair.markup import repair_html
from crawler.text.repair.pipeline import Repaired, repair

__all__ = ["Repaired", "repair", "repair_html"]
