"""Runs steps one after another, prints a line for each, stops at the first that fails."""
from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from openstack import exceptions

T = TypeVar('T')

# Between two looks at a state, and how long one may take to be reached.
POLL_SECONDS = 0.1
PATIENCE_SECONDS = 60


class Failed(Exception):
    """A step did not end as it should."""


class Steps:
    """The steps so far."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.count = 0

    def do(self, label: str, action: Callable[..., T], *args: Any,
           **kwargs: Any) -> T:
        """Runs one step and returns what it gave."""
        begun = time.monotonic()
        try:
            result = action(*args, **kwargs)
        except Exception as error:
            print(f'FAIL {label}: {type(error).__name__}: {error}', flush=True)
            sys.exit(1)
        self.count += 1
        took = time.monotonic() - begun
        print(f'ok   {label:<44} {took:6.2f} s', flush=True)
        return result

    def refused(self, label: str, action: Callable[..., Any], *args: Any,
                **kwargs: Any) -> None:
        """A step that the service must refuse."""
        def attempt() -> None:
            try:
                action(*args, **kwargs)
            except exceptions.HttpException:
                return
            raise Failed('it was not refused')
        self.do(label, attempt)

    def becomes(self, label: str, fetch: Callable[[], Any], want: str,
                stops: tuple[str, ...] = ('error',)) -> Any:
        """Waits until a resource's status is as wanted, or is one it stays in."""
        def wait() -> Any:
            end = time.monotonic() + PATIENCE_SECONDS
            while True:
                seen = fetch()
                status = seen.status
                if status.lower() == want.lower():
                    return seen
                if status.lower() in stops or time.monotonic() > end:
                    raise Failed(f'status is {status}, wanted {want}')
                time.sleep(POLL_SECONDS)
        return self.do(label, wait)

    def stays(self, label: str, fetch: Callable[[], Any], want: str,
              seconds: float) -> None:
        """A status that must not change for a while."""
        def watch() -> None:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                status = fetch().status
                if status.lower() != want.lower():
                    raise Failed(f'status is {status}, wanted {want}')
                time.sleep(POLL_SECONDS)
        self.do(label, watch)

    def gone(self, label: str, fetch: Callable[[], Any]) -> None:
        """Waits until a resource is not found any more."""
        def wait() -> None:
            end = time.monotonic() + PATIENCE_SECONDS
            while True:
                try:
                    seen = fetch()
                except exceptions.NotFoundException:
                    return
                if time.monotonic() > end:
                    raise Failed(f'still there: {seen.status}')
                time.sleep(POLL_SECONDS)
        self.do(label, wait)

    def check(self, label: str, seen: Any, want: Any) -> None:
        """Two things must be equal."""
        def compare() -> None:
            if seen != want:
                raise Failed(f'{seen!r}, wanted {want!r}')
        self.do(label, compare)
