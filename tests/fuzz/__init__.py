"""Input that nobody would send on purpose, at every door that strangers' bytes come through.

    python -m tests.fuzz TARGET|all SECONDS [--seed N]

Inputs are mutations of seeds that are written for the project (and of the reference pages, where they are beside the
checkout). What shows a behaviour that no input showed before is kept under `.fuzz/TARGET/corpus/` and mutated in its
turn. A crash, an input that takes too long or too much memory is kept beside it, made small, and named in the report.
What was mended is in `found/`, which the tests replay.
"""
