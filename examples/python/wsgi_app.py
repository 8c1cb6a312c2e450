"""The WSGI app that every server of such apps runs here."""

import json
import time

import evenloop_report
from work import compute, hello, ms_of


def make(framework, slots=0):
    """slots: as for evenloop_report.start()."""
    evenloop_report.start(slots)

    def app(environ, start_response):
        path, ms = environ["PATH_INFO"], ms_of(environ.get("QUERY_STRING", ""))
        with evenloop_report.request():
            if path == "/io":
                time.sleep(ms / 1000)  # where greenlets are patched in, it yields
                answer = {"waited": ms}
            else:
                answer = compute(ms) if path == "/cpu" else hello(framework)
            body = json.dumps(answer).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return app
