"""What we know and how it changed: records, decisions, the database. Imports nothing of the layers above."""
