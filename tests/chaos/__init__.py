"""Everything at once goes wrong for some minutes; then every event must be stored once and told once.

    python -m tests.chaos MINUTES [SEED] [--postgresql]

A replica on which things happen, a watcher (on PostgreSQL two, and two workers), a receiver of alerts; faults of
the site, the processes, the database and the receiver, alone and together, drawn from the seed. Then a calm, and the
audit: nothing lost, nothing invented, nothing told twice but what was cut between sending and marking.
"""
