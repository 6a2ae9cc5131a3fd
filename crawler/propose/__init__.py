"""PURE: pages whose fields are known → the selectors a person would write for them."""

from crawler.propose.choose import propose_selectors
from crawler.propose.model import FIELDS, Proposal

__all__ = ["FIELDS", "Proposal", "propose_selectors"]
