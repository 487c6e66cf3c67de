"""One asyncio loop in a thread of its own, for the sinks and proxies of a test."""
import asyncio
import threading

_loop = None
_lock = threading.Lock()


def loop():
    """The loop, started at the first call; lives as long as the program."""
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="harness-loop", daemon=True).start()
    return _loop


def call(coroutine, timeout=10):
    """Runs a coroutine on the loop and returns its result to the calling thread."""
    return asyncio.run_coroutine_threadsafe(coroutine, loop()).result(timeout)


class Listener:
    """A TCP server on 127.0.0.1 with a port of the system's choice (or the given one). Subclasses define `serve(reader, writer)`."""

    limit = 1 << 20  # the reader's buffer, in bytes

    def __init__(self, host="127.0.0.1", port=0, tls=None):
        self._tasks = set()
        self._tls = tls  # an ssl.SSLContext: TLS before the first octet
        self._server = call(self._listen(host, port))
        self.host, self.port = self._server.sockets[0].getsockname()[:2]
        self.address = f"{self.host}:{self.port}"

    def _listen(self, host, port):
        return asyncio.start_server(self._connected, host, port, limit=self.limit, backlog=1024, ssl=self._tls)

    async def _connected(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            await self.serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            pass  # the other side went away, or a test cut the line
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _stop(self):
        self._server.close()
        for task in list(self._tasks):
            task.cancel()

    def stop(self):
        """Closes the port and every connection. The address stays known, so that `start_again` can take it."""
        call(self._stop())

    def start_again(self):
        """Listens on the same port as before."""
        self._server = call(self._listen(self.host, self.port))

    def cut(self):
        """Ends all connections that are open now; the port stays open."""
        async def cancel():
            for task in list(self._tasks):
                task.cancel()
        call(cancel())
