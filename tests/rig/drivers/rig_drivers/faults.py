"""Switchable faults: what a test cloud needs that a healthy one never shows.

The switch is the file `faults.json` in the folder named by `$RIG_FAULTS`:

    {"faults": [{"on": "server.boot", "name": "web-*", "fail": "no guest"},
                {"on": "volume.create", "delay": 30}]}

`on` is one of `POINTS`, `name` a glob over the object's name or id (all
objects without it), `fail` the error's text, `delay` seconds to wait before
the operation ends. The first match counts. The file is read at each operation,
so a test switches without a restart, and a wait ends early when its fault is
taken out. No file means no faults; a broken file is an error, because a switch
that silently does nothing would let a test pass for the wrong reason.
"""
from __future__ import annotations

import dataclasses
import fnmatch
import json
import os
import pathlib
import time
from typing import Any

POINTS = frozenset({
    'server.boot', 'server.resize', 'server.snapshot', 'server.delete',
    'port.up', 'floatingip.up',
    'volume.create', 'volume.extend', 'volume.attach', 'volume.delete',
    'snapshot.create', 'snapshot.delete',
})
KEYS = frozenset({'on', 'name', 'fail', 'delay'})

# How soon a wait notices that its fault was taken out.
STEP_SECONDS = 0.2


class BrokenSwitch(Exception):
    """The faults file cannot be understood."""


class InjectedFault(Exception):
    """An operation failed because a fault told it to."""


@dataclasses.dataclass(frozen=True)
class Fault:
    """One rule of the switch."""

    on: str
    name: str = '*'
    fail: str | None = None
    delay: float = 0.0

    @classmethod
    def parse(cls, raw: Any) -> Fault:
        """Reads one entry, refusing what would otherwise never match."""
        if not isinstance(raw, dict):
            raise BrokenSwitch(f'a fault must be an object, not {raw!r}')
        unknown = set(raw) - KEYS
        if unknown:
            raise BrokenSwitch(f'unknown keys in a fault: {sorted(unknown)}')
        if raw.get('on') not in POINTS:
            raise BrokenSwitch(
                f'"on" is {raw.get("on")!r}, not one of {sorted(POINTS)}')
        return cls(on=raw['on'], name=raw.get('name', '*'),
                   fail=raw.get('fail'), delay=float(raw.get('delay') or 0))

    def matches(self, on: str, labels: tuple[str | None, ...]) -> bool:
        """Whether it is about this operation on an object with these labels."""
        return self.on == on and (self.name == '*' or any(
            fnmatch.fnmatchcase(label, self.name)
            for label in labels if label))


def load(folder: str | None = None) -> list[Fault]:
    """The rules that hold now."""
    folder = folder or os.environ.get('RIG_FAULTS')
    if not folder:
        return []
    try:
        text = pathlib.Path(folder, 'faults.json').read_text(encoding='utf-8')
    except FileNotFoundError:
        return []
    try:
        entries = json.loads(text)['faults']
        return [Fault.parse(entry) for entry in entries]
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenSwitch(f'faults.json: {error!r}') from error


def find(on: str, *labels: str | None) -> Fault | None:
    """The first rule about this operation, if any."""
    return next((f for f in load() if f.matches(on, labels)), None)


def meet(on: str, *labels: str | None) -> None:
    """Waits as long as a fault says, then raises if it says so."""
    begun = time.monotonic()
    while (fault := find(on, *labels)) is not None:
        left = begun + fault.delay - time.monotonic()
        if left <= 0:
            if fault.fail is not None:
                raise InjectedFault(fault.fail)
            return
        time.sleep(min(left, STEP_SECONDS))
