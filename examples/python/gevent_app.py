from gevent import monkey

monkey.patch_all()

import os
import signal
import socket
import sys

import gevent
from gevent.pool import Pool
from gevent.pywsgi import WSGIServer

from wsgi_app import make

listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o600)
listener.listen(1024)
# A pool is what makes stop() wait: without one gevent drops what it holds.
server = WSGIServer(listener, make("gevent"), spawn=Pool(10_000), log=None)
server.stop_timeout = 25
gevent.signal_handler(signal.SIGTERM, server.stop)
server.serve_forever()
