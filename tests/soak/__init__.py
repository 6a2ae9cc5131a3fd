"""Long runs: does memory grow, do files or threads stay open?

watch.py  a real `newsdelta watch --web` for an hour, with readers, edits and alerts
day.py    a channel's day on simulated time, in some minutes
gauge.py  what a process and its children hold;  trend.py  PURE: what grows
readers.py who reads the page meanwhile
"""
