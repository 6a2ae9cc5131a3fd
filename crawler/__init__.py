"""How we see the web: Scrapy at the edge, pure reading of pages inside. Imports only `storage`."""
