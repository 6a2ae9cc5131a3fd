"""The spiders: thin edges that fetch, and hand what they fetched to the pure reading."""
