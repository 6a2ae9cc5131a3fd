"""python -m tests.receivers: a receiver for anything that is not a Python test; prints {"url": "http://…"}."""

from __future__ import annotations

import argparse

from tests.receivers.receiver import serve
from tests.receivers.services import SERVICES, address

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.receivers")
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    parser.add_argument("--parent", type=int, help="end when this process, which started it, is gone")
    parser.add_argument("--addresses", action="store_true", help="print destinations for --port and end")
    options = parser.parse_args()
    if options.addresses:
        for name in SERVICES:
            print(address(name, f"http://127.0.0.1:{options.port}"))
    else:
        serve(options.port, options.parent)
