"""The web page that people keep open, and the API: one file per page under `pages`, per group of calls under `api`."""
