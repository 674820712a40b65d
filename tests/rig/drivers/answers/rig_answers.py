"""Neutron behind what a gateway, or a bad day, makes of its answers.

The switch is the file `answers.json` in the folder named by `$RIG_FAULTS`:

    {"answers": [{"about": "web-1", "method": "POST", "times": 2, "performed": false,
                  "status": 503, "headers": {"Retry-After": "5"}, "body": "busy"},
                 {"about": "web-2", "method": "PUT", "times": 1, "performed": true, "how": "half"}]}

An answer is about requests of its method whose path or body contains its text. It comes as often as it says, counted for
all of Neutron's processes together by files beside the switch. `how` is `whole` (this status, headers and body), `half`
(half of Neutron's own body), `reset` (the connection breaks), or `late` (Neutron's own answer, that many `seconds` late).
Without the file every request goes by untouched; a broken one is an error, because a switch that silently does nothing
would let a test pass for the wrong reason.
"""
from __future__ import annotations

import dataclasses
import io
import json
import os
import pathlib
import socket
import time
from typing import Any, Callable, Iterable

SWITCH = 'answers.json'
HOW = frozenset({'whole', 'half', 'reset', 'late'})


class BrokenSwitch(Exception):
    """The file of answers cannot be understood."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """What comes instead of an answer."""

    about: str
    method: str
    times: int
    performed: bool = False
    how: str = 'whole'
    status: int = 200
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    body: str = ''
    seconds: float = 0.0

    @classmethod
    def parse(cls, raw: Any) -> Answer:
        """Reads one entry, refusing what would otherwise never come."""
        try:
            answer = cls(**raw)
        except TypeError as error:
            raise BrokenSwitch(f'{raw!r}: {error}') from error
        if answer.how not in HOW:
            raise BrokenSwitch(f'"how" is {answer.how!r}, not one of {sorted(HOW)}')
        return answer

    def is_about(self, method: str, path: str, body: bytes) -> bool:
        """Whether it is about this request."""
        return self.method == method and (self.about in path or self.about.encode() in body)


def load(folder: pathlib.Path) -> list[Answer]:
    """The answers that are to come."""
    try:
        text = (folder / SWITCH).read_text(encoding='utf-8')
    except FileNotFoundError:
        return []
    try:
        return [Answer.parse(entry) for entry in json.loads(text)['answers']]
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenSwitch(f'{SWITCH}: {error!r}') from error


def take(folder: pathlib.Path, number: int, times: int) -> bool:
    """Counts one more of an answer; False if it came as often as it is to."""
    for count in range(times):
        try:
            (folder / f'{SWITCH}.{number}.{count}').touch(exist_ok=False)
        except FileExistsError:
            continue
        return True
    return False


def find(folder: pathlib.Path, method: str, path: str, body: bytes) -> Answer | None:
    """What comes instead of the answer to this request, if anything."""
    for number, answer in enumerate(load(folder)):
        if answer.is_about(method, path, body) and take(folder, number, answer.times):
            return answer
    return None


def reset() -> None:
    """Breaks the connection of the request under way."""
    import uwsgi  # Only there in a process of uWSGI.

    own = socket.socket(fileno=os.dup(uwsgi.connection_fd()))
    own.shutdown(socket.SHUT_RDWR)
    own.close()


def own_answer(application: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> tuple[str, list, bytes]:
    """What the application answers: status, headers and body."""
    said: list[tuple[str, list]] = []

    def start(status: str, headers: list, _: Any = None) -> Callable[[bytes], None]:
        said.append((status, headers))
        return lambda _: None

    parts = application(environ, start)
    try:
        body = b''.join(parts)
    finally:
        getattr(parts, 'close', lambda: None)()
    return said[-1][0], said[-1][1], body


class Answers:
    """An application some of whose answers are others."""

    def __init__(self, application: Callable[..., Iterable[bytes]], folder: str) -> None:
        self.application = application
        self.folder = pathlib.Path(folder)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not (self.folder / SWITCH).exists():
            return self.application(environ, start_response)
        body = environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 0))
        environ['wsgi.input'] = io.BytesIO(body)
        answer = find(self.folder, environ['REQUEST_METHOD'], environ.get('PATH_INFO', ''), body)
        if answer is None:
            return self.application(environ, start_response)
        return self.instead(answer, environ, start_response)

    def instead(self, answer: Answer, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        """Gives this answer."""
        own = None
        if answer.performed or answer.how in ('half', 'late'):
            own = own_answer(self.application, environ)
        if answer.how == 'reset':
            reset()
            return []
        if answer.how == 'whole' or own is None:
            start_response(f'{answer.status} Instead', list(answer.headers.items()))
            return [answer.body.encode()]
        status, headers, body = own
        if answer.how == 'late':
            time.sleep(answer.seconds)
            start_response(status, headers)
            return [body]
        start_response(status, headers)
        return [body[:len(body) // 2]]
