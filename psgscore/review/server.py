"""Serving a review to one browser of this computer, until nobody looks any more."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
import threading
import time
import webbrowser
from dataclasses import dataclass

from psgscore.errors import UsageError
from psgscore.review.guard import COOKIE, OPEN, Access

_LOOK_EVERY_S = 1.0
_LONGEST_HEAD = 32 << 10
_MOST_WAITING = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server listens.

    Parameters
    ----------
    host : str
        An address or name of this computer.
    port : int
        0 takes a free one.
    anywhere : bool
        Other computers may be let in.
    """

    host: str = "127.0.0.1"
    port: int = 0
    anywhere: bool = False


def listen(address: Address) -> tuple[socket.socket, Access, str]:
    """Open the socket.

    Returns
    -------
    listening : socket
        To serve on.
    access : Access
        Who is let in.
    url : str
        What opens the server, once.

    Raises
    ------
    UsageError
        The address is not of this computer alone and nobody allowed that, or it is taken.
    """
    if not _is_loopback(address.host) and not address.anywhere:
        raise UsageError(
            f"--host {address.host} can be reached from other computers, and nothing is encrypted: "
            "say --anyone-may-connect as well if that is meant"
        )
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((address.host, address.port))
        # From here on a browser that comes early waits instead of being turned away.
        listening.listen(_MOST_WAITING)
    except OSError as error:
        listening.close()
        where = f"{address.host}:{address.port}"
        raise UsageError(f"{where} cannot be used: {error.strerror}: give another --port") from None
    port = listening.getsockname()[1]
    name = f"[{address.host}]" if family == socket.AF_INET6 else address.host
    names = {name, "localhost", "127.0.0.1"} if _is_loopback(address.host) else {name}
    hosts = frozenset(f"{one}:{port}" for one in names)
    access = Access(hosts=hosts, cookie=f"{COOKIE}_{port}")
    return listening, access, f"http://{name}:{port}{OPEN}?token={access.token}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Stopper:
    """Stops a server that is running, from anywhere."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def __call__(self) -> None:
        """Ask it to stop."""
        self._asked.set()

    @property
    def asked(self) -> bool:
        """Whether it was asked."""
        return self._asked.is_set()


def serve(
    app: object,
    listening: socket.socket,
    access: Access,
    stop: Stopper,
    *,
    idle_exit_s: float,
) -> None:
    """Serve until somebody stops it, or nobody asked for anything for a while.

    Parameters
    ----------
    app : ASGI application
        The guarded routes.
    listening : socket
        As `listen` opened it.
    access : Access
        Knows when it was last used.
    stop : Stopper
        Ends it.
    idle_exit_s : float
        Seconds without a request after which it ends.
    """
    import uvicorn  # noqa: PLC0415 - an optional library

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="off",
        h11_max_incomplete_event_size=_LONGEST_HEAD,
        timeout_graceful_shutdown=5,
        limit_concurrency=64,
    )
    server = uvicorn.Server(config)

    async def watch() -> None:
        while not server.should_exit:
            await asyncio.sleep(_LOOK_EVERY_S)
            idle_s = time.monotonic() - access.used_s
            server.should_exit |= stop.asked or idle_s > idle_exit_s

    async def both() -> None:
        watching = asyncio.create_task(watch())
        await server.serve(sockets=[listening])
        watching.cancel()

    # uvicorn hands a signal that ended it on to whoever had it before: then the lock is given back.
    signal.signal(signal.SIGTERM, lambda *_: stop())
    with contextlib.suppress(KeyboardInterrupt):  # the usual way to end it
        asyncio.run(both())


def open_browser(url: str) -> None:
    """Open the page in the user's browser; some browsers take their time to return."""
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
