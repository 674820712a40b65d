"""What comes instead of answers, without an OpenStack."""
from __future__ import annotations

import io
import json
import pathlib
import sys
import tempfile
import unittest
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'answers'))

import rig_answers  # noqa: E402


class AnswersTest(unittest.TestCase):
    """Each test has a switch of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.asked: list[bytes] = []
        self.application = rig_answers.Answers(self.own, folder.name)

    def own(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.asked.append(environ['wsgi.input'].read())
        start_response('200 OK', [('Content-Length', '4')])
        return [b'bo', b'dy']

    def switch(self, **answer: Any) -> None:
        text = json.dumps({'answers': [{'about': 'web', 'method': 'POST', 'times': 1, **answer}]})
        (self.folder / rig_answers.SWITCH).write_text(text, encoding='utf-8')

    def ask(self, body: bytes = b'a web', method: str = 'POST', path: str = '/') -> tuple[str, dict[str, str], bytes]:
        said: list[Any] = []
        environ = {'REQUEST_METHOD': method, 'PATH_INFO': path, 'CONTENT_LENGTH': str(len(body)),
                   'wsgi.input': io.BytesIO(body)}
        parts = self.application(environ, lambda status, headers: said.append((status, headers)))
        return said[0][0], dict(said[0][1]), b''.join(parts)

    def test_without_a_switch_and_about_others_the_answer_is_the_applications(self) -> None:
        own = ('200 OK', {'Content-Length': '4'}, b'body')
        self.assertEqual(self.ask(), own)
        self.switch(status=500)
        self.assertEqual([self.ask(b'other'), self.ask(method='PUT')], [own, own])
        self.assertEqual(self.asked, [b'a web', b'other', b'a web'])

    def test_an_answer_comes_as_often_as_it_says_and_what_is_asked_is_not_done(self) -> None:
        self.switch(status=503, headers={'Retry-After': '5'}, body='busy', times=2)
        busy = ('503 Instead', {'Retry-After': '5'}, b'busy')
        self.assertEqual([self.ask(), self.ask(b'', path='/web')], [busy, busy])
        self.assertEqual(self.asked, [])
        self.assertEqual(self.ask()[0], '200 OK')

    def test_what_is_performed_is_done_before_another_answer_comes(self) -> None:
        self.switch(status=500, performed=True)
        self.assertEqual((self.ask()[0], self.asked), ('500 Instead', [b'a web']))

    def test_half_an_answer_promises_all_of_it(self) -> None:
        self.switch(how='half')
        self.assertEqual(self.ask(), ('200 OK', {'Content-Length': '4'}, b'bo'))

    def test_a_broken_switch_is_an_error(self) -> None:
        for answer in ({'how': 'sometimes'}, {'often': 3}):
            self.switch(**answer)
            with self.assertRaises(rig_answers.BrokenSwitch):
                self.ask()


if __name__ == '__main__':
    unittest.main()
