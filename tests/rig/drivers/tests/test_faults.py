"""How faults match, without an OpenStack: `python3 -m unittest discover -s tests/rig/drivers/tests`."""
from __future__ import annotations

import json
import os
import pathlib
import sys
import tempfile
import threading
import time
import unittest
from typing import Any
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from rig_drivers import faults  # noqa: E402


class FaultTest(unittest.TestCase):
    """Each test has a switch of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        patch = mock.patch.dict(os.environ, {'RIG_FAULTS': folder.name})
        patch.start()
        self.addCleanup(patch.stop)

    def switch(self, *entries: Any) -> None:
        (self.folder / 'faults.json').write_text(
            json.dumps({'faults': entries}), encoding='utf-8')

    def test_no_file_means_no_faults(self) -> None:
        self.assertEqual(faults.load(), [])
        faults.meet('server.boot', 'web')

    def test_no_folder_means_no_faults(self) -> None:
        with mock.patch.dict(os.environ):
            del os.environ['RIG_FAULTS']
            self.assertEqual(faults.load(), [])

    def test_a_glob_picks_objects_by_name(self) -> None:
        self.switch({'on': 'server.boot', 'name': 'web-*', 'fail': 'no guest'})
        with self.assertRaisesRegex(faults.InjectedFault, '^no guest$'):
            faults.meet('server.boot', 'web-1')
        faults.meet('server.boot', 'db-1')

    def test_a_fault_is_about_one_operation(self) -> None:
        self.switch({'on': 'server.boot', 'fail': 'x'})
        faults.meet('volume.create', 'web-1')

    def test_without_a_name_it_is_about_all_even_the_nameless(self) -> None:
        self.switch({'on': 'port.up', 'fail': 'x'})
        self.assertIsNotNone(faults.find('port.up', '', None))

    def test_any_label_may_match(self) -> None:
        self.switch({'on': 'port.up', 'name': 'net-a', 'fail': 'x'})
        self.assertIsNotNone(faults.find('port.up', '', 'id', 'net-a'))
        self.assertIsNone(faults.find('port.up', '', 'id', 'net-b'))

    def test_the_first_match_counts(self) -> None:
        self.switch({'on': 'volume.create', 'name': 'a', 'fail': 'first'},
                    {'on': 'volume.create', 'fail': 'second'})
        found = faults.find('volume.create', 'a')
        self.assertEqual(found and found.fail, 'first')

    def test_a_delay_without_a_failure_only_waits(self) -> None:
        self.switch({'on': 'volume.create', 'delay': 0.05})
        begun = time.monotonic()
        faults.meet('volume.create', 'a')
        self.assertGreaterEqual(time.monotonic() - begun, 0.05)

    def test_a_delay_may_end_in_a_failure(self) -> None:
        self.switch({'on': 'volume.create', 'delay': 0.01, 'fail': 'late'})
        with self.assertRaisesRegex(faults.InjectedFault, 'late'):
            faults.meet('volume.create', 'a')

    def test_taking_a_fault_out_ends_its_wait(self) -> None:
        self.switch({'on': 'server.boot', 'delay': 3600, 'fail': 'x'})
        waiter = threading.Thread(target=faults.meet, args=('server.boot',),
                                  daemon=True)
        waiter.start()
        self.switch()
        waiter.join(timeout=30)
        self.assertFalse(waiter.is_alive())

    def test_a_broken_switch_is_an_error(self) -> None:
        for entry in ({'on': 'server.explode'}, {'name': '*'}, 'x',
                      {'on': 'server.boot', 'failure': 'x'}):
            with self.subTest(entry=entry):
                self.switch(entry)
                with self.assertRaises(faults.BrokenSwitch):
                    faults.load()
        (self.folder / 'faults.json').write_text('{', encoding='utf-8')
        with self.assertRaises(faults.BrokenSwitch):
            faults.load()


if __name__ == '__main__':
    unittest.main()
