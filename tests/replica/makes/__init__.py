"""Small news sites of different make, for tests of `channels add` and of sites from the config.

    writing -> model.Story          what is written, from a seed
    sections, look                  what sites of columns share: listings in pages; class names drawn anew per variant
    table modern linked scripted fed mapped island harbor     one file per make;  declined: two that are no news sites
    server                          HTTP: `with Serving(make_site("table")) as served: served.url, served.truth()`

All text is written for it. It imports no product code.
"""

from .declined import Members, Shop
from .fed import Fed
from .harbor import Harbor
from .island import Island
from .linked import Linked
from .mapped import Mapped
from .model import Site, Story
from .modern import Modern
from .scripted import Scripted
from .server import Serving
from .table import Table

#: The eight news sites by their make.
MAKES: dict[str, type[Site]] = {
    site.make: site for site in (Table, Modern, Linked, Scripted, Fed, Mapped, Island, Harbor)
}
DECLINED: dict[str, type[Site]] = {site.make: site for site in (Shop, Members)}

__all__ = ["DECLINED", "MAKES", "Serving", "Site", "Story", "make_site"]


def make_site(make: str, variant: int = 0, stories: int = 30) -> Site:
    """Build a site by its make. Variant 0 has the plainest look; others draw markup and addresses anew."""
    return {**MAKES, **DECLINED}[make](variant, stories)
