import asyncio
import sys

from aiohttp import web

import evenloop_report
from work import compute, hello, ms_of


async def root(request):
    return web.json_response(hello("aiohttp"))


async def io(request):
    await asyncio.sleep(ms_of(request.query) / 1000)
    return web.json_response({"waited": ms_of(request.query)})


async def cpu(request):
    return web.json_response(compute(ms_of(request.query)))


@web.middleware
async def counted(request, handler):
    with evenloop_report.request():
        return await handler(request)


async def app():
    evenloop_report.start()
    made = web.Application(middlewares=[counted])
    made.add_routes([web.get(path, handler) for path, handler in {"/": root, "/healthz": root, "/io": io, "/cpu": cpu}.items()])
    return made


web.run_app(app(), path=sys.argv[1], print=None, access_log=None)
