"""`python -m tests.replica.makes MAKE [VARIANT]`: serve one small site until Ctrl-C, and say where."""

import sys
import threading

from . import Serving, make_site

with Serving(make_site(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)) as served:
    print(served.url, flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print("ended")
