"""The system gives no more files, memory or time to the crawling process: said, and a new one goes on."""

from __future__ import annotations

import os
import resource
import signal

import pytest

from tests.acceptance.test_watch import until, watching
from tests.trouble.seen import audit, is_told, says, something_happens

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits of others need Linux")


def test_a_crawling_process_without_files_is_named_and_goes_on_when_it_has_some(newsdelta, site):
    with watching(newsdelta) as watcher:
        until(lambda: newsdelta.is_made() and is_told(newsdelta, site))
        child = watcher.child()
        before = resource.prlimit(child, resource.RLIMIT_NOFILE)
        resource.prlimit(child, resource.RLIMIT_NOFILE, (3, before[1]))
        something_happens(site)
        until(lambda: says(watcher, "cq: "))
        resource.prlimit(child, resource.RLIMIT_NOFILE, before)
        until(lambda: is_told(newsdelta, site))
        assert watcher.end() == 0
    audit(newsdelta, site)


def test_a_crawling_process_without_memory_that_the_system_kills_is_replaced(newsdelta, site):
    with watching(newsdelta) as watcher:
        until(lambda: newsdelta.is_made() and is_told(newsdelta, site))
        child = watcher.child()
        _, most = resource.prlimit(child, resource.RLIMIT_AS)
        resource.prlimit(child, resource.RLIMIT_AS, (2**20, most))  # less than it has: no byte more
        something_happens(site)
        os.kill(child, signal.SIGKILL)  # as the system does at last
        until(lambda: is_told(newsdelta, site))
        assert watcher.end() == 0
    audit(newsdelta, site)
