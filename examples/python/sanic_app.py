import asyncio

from sanic import Sanic, json

import evenloop_report
from work import compute, hello, ms_of

app = Sanic("example")


@app.before_server_start
async def start(app):
    evenloop_report.start()


@app.get("/", name="root")
@app.get("/healthz", name="healthz")
async def root(request):
    with evenloop_report.request():
        return json(hello("sanic"))


@app.get("/io")
async def io(request):
    with evenloop_report.request():
        await asyncio.sleep(ms_of(request.args) / 1000)
        return json({"waited": ms_of(request.args)})


@app.get("/cpu")
async def cpu(request):
    with evenloop_report.request():
        return json(compute(ms_of(request.args)))
