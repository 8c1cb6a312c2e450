import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI

import evenloop_report
from work import compute, hello


@asynccontextmanager
async def lifespan(app):
    evenloop_report.start()
    yield


app = FastAPI(lifespan=lifespan)


@app.middleware("http")
async def counted(request, call_next):
    with evenloop_report.request():
        return await call_next(request)


@app.get("/")
@app.get("/healthz")
async def root():
    return hello("fastapi")


@app.get("/io")
async def io(ms: float = 20):
    await asyncio.sleep(ms / 1000)
    return {"waited": ms}


@app.get("/cpu")
async def cpu(ms: float = 20):
    return compute(ms)
