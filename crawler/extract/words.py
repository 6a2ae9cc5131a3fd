"""PURE: word lists as they are pleasant to read."""


def words(text: str) -> frozenset[str]:
    """Return the set of the words in `text`, which are parted by white space."""
    return frozenset(text.split())
