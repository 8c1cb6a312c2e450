"""What every app here answers, so that only the framework differs."""

import os
import time


def hello(framework):
    return {"framework": framework, "pid": os.getpid()}


def compute(ms):
    """Keeps the CPU busy, and with it the event loop, as a template or an image does."""
    end = time.perf_counter() + ms / 1000
    while time.perf_counter() < end:
        pass
    return {"computed": ms}


def ms_of(query):
    """Reads ?ms=, 20 where there is none. query: the framework's mapping, or the text of a query string."""
    text = dict(p.partition("=")[::2] for p in query.split("&")).get("ms") if isinstance(query, str) else query.get("ms")
    return min(60_000.0, max(0.0, float(text or 20)))
