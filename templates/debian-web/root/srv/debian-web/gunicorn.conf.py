"""gunicorn serves app.py: as many workers as the guest has CPUs, all children of one that has imported everything."""

import os

import reports

wsgi_app = "app:app"
chdir = "/srv/debian-web"
bind = "0.0.0.0:80"
workers = len(os.sched_getaffinity(0))
# Threads, so that a slow client or an idle connection does not keep a worker from the next one.
worker_class = "gthread"
threads = 4
# Workers share the pages of what the first process imported.
preload_app = True
# 0: gunicorn compares times of the wall clock, and would kill all workers when a fork's clock is set.
timeout = 0
graceful_timeout = 2
# Not on the disk.
worker_tmp_dir = "/run/debian-web"
loglevel = "warning"


def post_worker_init(worker):
    reports.start()
