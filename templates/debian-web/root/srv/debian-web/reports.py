"""What this guest says of itself, to the balancer and to covey: docs/reports.md.

A thread in each worker: another process, or a socket unit that starts one for each question, would cost a
guest without hardware virtualization a fifth of its processor.
"""

import os
import socket
import threading

PORT = 9707
# What an operator writes here is said instead of the share, such as "drain".
WORDS = "/run/debian-web/report"


def sessions():
    """Connections that are open at port 80."""
    with open("/proc/net/tcp") as table:
        lines = [line.split() for line in table]
    return sum(line[1].endswith(":0050") and line[3] == "01" for line in lines[1:])


def report():
    load = os.getloadavg()[0]
    cpus = len(os.sched_getaffinity(0))
    # Its share falls once more wants to run than there are processors.
    share = 100 if load <= cpus else max(10, int(100 * cpus / load))
    try:
        with open(WORDS) as file:
            words = file.readline().strip()
    except OSError:
        words = ""
    return f"{words or f'up ready {share}%'}\ncost {sessions()}\nmetric load {load:.2f}\n"


def serve(listener):
    while True:
        connection, _ = listener.accept()
        try:
            connection.settimeout(1)
            connection.sendall(report().encode())
        except OSError:
            pass  # It asks again.
        finally:
            connection.close()


def start():
    listener = socket.socket()
    # Workers share the port, and one that is started anew finds it free.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("0.0.0.0", PORT))
    listener.listen(16)
    threading.Thread(target=serve, args=(listener,), name="reports", daemon=True).start()
