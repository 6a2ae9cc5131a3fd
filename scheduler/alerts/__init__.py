"""Telling people: messages, the places they go to, and what the far end answered. A file per kind of place."""
