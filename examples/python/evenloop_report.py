"""Tells evenloop how this process fares: `import evenloop_report; evenloop_report.start()`. Without evenloop it does nothing.

Start where the event loop runs (asyncio), after the monkey patch (gevent, eventlet), or as the app is loaded (threads)."""

import asyncio
import json
import os
import socket
import threading
import time
from contextlib import contextmanager, suppress

EVERY = 0.05  # seconds from one line to the next


class Requests:
    lock, in_flight, begun = threading.Lock(), 0, 0
    held, changed = 0.0, time.perf_counter()  # seconds: of all requests together; when in_flight last changed


def _count(change):
    with Requests.lock:
        now = time.perf_counter()
        Requests.held += Requests.in_flight * (now - Requests.changed)
        Requests.changed = now
        Requests.in_flight += change
        Requests.begun += change > 0
        return Requests.held


@contextmanager
def request():
    """`with evenloop_report.request():` around the work for each request counts it."""
    _count(+1)
    try:
        yield
    finally:
        _count(-1)


def start(slots=0):
    """Begins to report. slots: how many requests a sync server takes at once; its utilization is the share of them in use."""
    if (path := os.environ.get("EVENLOOP_REPORT")) is None:
        return
    line = socket.socket(socket.AF_UNIX)
    try:
        line.connect(path)
        loop = asyncio.get_running_loop()
    except OSError as error:
        print(f"evenloop gets no reports, {path} cannot be reached: {error}", flush=True)
    except RuntimeError:  # no event loop here: a thread, or the greenlet that the monkey patch makes of it
        report = _meter((lambda: _count(0) / slots) if slots else time.process_time)
        threading.Thread(target=_send_for_ever, args=(line, report), daemon=True).start()
    else:
        line.setblocking(False)
        loop.call_later(EVERY, _send_and_again, loop, line, _meter(_busy_of(loop)))


def _send_for_ever(line, report):
    while True:
        time.sleep(EVERY)
        line.sendall(report())


def _send_and_again(loop, line, report):
    with suppress(BlockingIOError):  # evenloop is busy: it gets the next one
        line.send(report())
    loop.call_later(EVERY, _send_and_again, loop, line, report)


def _busy_of(loop):
    """Counts seconds outside select(); of a loop that hides it, as uvloop does, the CPU time of its thread."""
    if (selector := getattr(loop, "_selector", None)) is None:
        return time.thread_time
    select, idle = selector.select, 0.0

    def timed(timeout=None):
        nonlocal idle
        since = time.perf_counter()
        ready = select(timeout)
        idle += time.perf_counter() - since
        return ready

    selector.select = timed
    return lambda: time.perf_counter() - idle


def _meter(busy):
    """Makes a line at each call, due EVERY seconds: how late it comes is the delay."""
    at, was = time.perf_counter(), busy()

    def report():
        nonlocal at, was
        now, spent = time.perf_counter(), busy()
        loop = {"utilization": (spent - was) / (now - at), "delayMs": max(0, now - at - EVERY) * 1000}
        at, was = now, spent
        return json.dumps(loop | {"inFlight": Requests.in_flight, "requests": Requests.begun}).encode() + b"\n"

    return report
