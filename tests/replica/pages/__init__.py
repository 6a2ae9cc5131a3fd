"""The replica's pages: one file for each template generation and each kind of listing. Pure."""
