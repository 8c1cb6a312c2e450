import asyncio
import signal
import sys

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket
from tornado.web import Application, RequestHandler

import evenloop_report
from work import compute, hello, ms_of


class Handler(RequestHandler):
    async def get(self):
        ms = ms_of(self.request.query)
        with evenloop_report.request():
            if self.request.path == "/io":
                await asyncio.sleep(ms / 1000)
                await self.finish({"waited": ms})
            else:
                await self.finish(compute(ms) if self.request.path == "/cpu" else hello("tornado"))


async def main():
    evenloop_report.start()
    server = HTTPServer(Application([("/(?:healthz|io|cpu)?", Handler)]))
    server.add_socket(bind_unix_socket(sys.argv[1]))
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked.set)
    await asked.wait()
    server.stop()
    # Tornado would cut what is under way.
    while evenloop_report.Requests.in_flight > 0:
        await asyncio.sleep(0.05)
    await server.close_all_connections()


asyncio.run(main())
