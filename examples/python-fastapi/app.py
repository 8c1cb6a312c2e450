import asyncio
import os

from fastapi import FastAPI, Query, Request

app = FastAPI()


@app.get("/")
async def hello():
    return {"app": "python-fastapi", "loop": os.environ.get("EVENLOOP_LOOP_ID"), "pid": os.getpid()}


@app.get("/io")
async def io(ms: int = Query(50, ge=0, le=60000)):
    await asyncio.sleep(ms / 1000)
    return {"waited": ms}


@app.post("/upload")
async def upload(request: Request):
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
    return {"bytes": size}
