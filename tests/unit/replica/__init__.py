"""Tests of the replica itself: what it serves is what it says it serves."""
