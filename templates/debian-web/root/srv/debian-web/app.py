"""Pages that show which guest answers, keep it busy, and keep a note on its disk."""

import hashlib
import os
import re
import time

from flask import Flask, Response, request

app = Flask(__name__, static_folder=None)
NOTE = "/var/lib/debian-web/note"
UNIT = bytes(384 << 10)


def text(page, status=200):
    return Response(page, status, mimetype="text/plain")


def hostname():
    return os.uname().nodename


def line_of(path):
    try:
        with open(path) as file:
            return file.readline().strip()
    except OSError:
        return ""


def mac():
    cards = sorted(name for name in os.listdir("/sys/class/net") if name.startswith("e"))
    return line_of(f"/sys/class/net/{cards[0]}/address") if cards else ""


@app.get("/")
def health():
    return text(f"hostname: {hostname()}\n")


@app.get("/name")
def name():
    return text(f"{hostname()}\n")


@app.get("/who")
def who():
    return text(
        f"hostname: {hostname()}\n"
        f"machine-id: {line_of('/etc/machine-id')}\n"
        f"mac: {mac()}\n"
        f"uptime: {line_of('/proc/uptime').split(' ')[0]}\n"
        f"clock: {time.time():.6f}\n"
        f"random: {os.urandom(16).hex()}\n"
        f"pid: {os.getpid()}\n"
    )


@app.get("/work")
def work():
    """Burns CPU: n units (10 unless said, 1 to 100), each about 10 ms under TCG."""
    asked = request.args.get("n", "")
    units = int(asked) if re.fullmatch(r"[0-9]{1,3}", asked) else 10
    units = min(max(units, 1), 100)
    digest = hashlib.sha256()
    for _ in range(units):
        digest.update(UNIT)
    return text(f"hostname: {hostname()}\nunits: {units}\nsum: {digest.hexdigest()}\n")


@app.get("/file")
def note():
    """The note on the disk; ?write=TEXT replaces it (letters, digits, . _ - and spaces; 200 at most)."""
    if "write" in request.args:
        kept = re.sub(r"[^A-Za-z0-9._ -]", "", request.args["write"])[:200]
        try:
            write(f"{kept}\n")
        except OSError:
            return text("not written\n", 507)
        return text(f"written: {kept}\n")
    try:
        with open(NOTE) as file:
            return text(file.read())
    except FileNotFoundError:
        return text("no note\n", 404)


def write(words):
    """Replaces the note at once or not at all, and returns when it is on the disk."""
    fresh = f"{NOTE}.{os.getpid()}"
    with open(fresh, "w") as file:
        file.write(words)
        file.flush()
        os.fsync(file.fileno())
    os.rename(fresh, NOTE)
    folder = os.open(os.path.dirname(NOTE), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
