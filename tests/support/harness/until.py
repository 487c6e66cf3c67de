"""Waiting for something to become true, with a limit and a name for what was waited for."""
import time


class TimedOut(AssertionError):
    pass


def wait_until(condition, seconds, what, pause=0.02):
    """Returns the first true value of condition(); raises TimedOut that names `what`. `what` may be a function that makes the text."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise TimedOut(f"after {seconds} s still not: {what() if callable(what) else what}")
        time.sleep(pause)
