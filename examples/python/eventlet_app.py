import eventlet

eventlet.monkey_patch()

import os
import signal
import socket
import sys

import eventlet.wsgi

from wsgi_app import make

listener = eventlet.listen(sys.argv[1], family=socket.AF_UNIX, backlog=1024)
os.chmod(sys.argv[1], 0o600)
pool = eventlet.GreenPool(10_000)
server = eventlet.spawn(eventlet.wsgi.server, listener, make("eventlet"), custom_pool=pool, log_output=False)
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
# A signal comes in the middle of some greenlet, which an exception or a switch there would break.
while not asked:
    eventlet.sleep(0.1)
server.kill()
pool.waitall()
