"""What gunicorn's workers run: `gunicorn_app:sync()` and so on."""

from wsgi_app import make


def sync():
    return make("gunicorn-sync", slots=1)


def gthread():
    return make("gunicorn-gthread", slots=4)


def greenlets():
    return make("gunicorn-gevent")
