#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The tests' own promises: the matrix leaves no legal triple out, shards leave
no case out, what is resumed is what had not passed, and each stage of a check
has its time before the last line."""
import contextlib
import io
import itertools
import os
import subprocess
import sys
import tempfile
import types
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, 'qemu')]
import check  # noqa: E402
import factors  # noqa: E402
import hibernate  # noqa: E402
import passed  # noqa: E402
import run as qemu  # noqa: E402


def met(rows, strength):
    """Counted anew, by names of factors, not by factors.groups."""
    return {(keys, tuple(row[k] for k in keys)) for row in rows
            for keys in itertools.combinations(sorted(row), strength)}


class Matrix(unittest.TestCase):
    def rows(self, strength):
        return [c.row for c in factors.matrix(strength)]

    def test_pairs_and_triples(self):
        legal = factors.product()
        for strength in factors.PAIRS, factors.TRIPLES:
            rows = self.rows(strength)
            self.assertEqual(met(rows, strength), met(legal, strength))
            self.assertLess(len(rows), len(legal) / 20)

    def test_product(self):
        rows = self.rows(factors.PRODUCT)
        count = len(set(map(str, rows)))
        self.assertEqual(len(rows), count)
        every = itertools.product(*factors.FACTORS.values())
        self.assertEqual(count, sum(
            factors.is_legal(dict(zip(factors.FACTORS, v))) for v in every))

    def test_same_every_time(self):
        self.assertEqual(self.rows(factors.TRIPLES),
                         self.rows(factors.TRIPLES))

    def test_naps(self):
        rows = hibernate.covering(hibernate.FACTORS, 3)
        legal = [dict(zip(hibernate.FACTORS, v)) for v in
                 itertools.product(*hibernate.FACTORS.values())]
        self.assertEqual(met(rows, 3), met(filter(hibernate.legal, legal), 3))


class Shards(unittest.TestCase):
    def test_every_case_once(self):
        whole = [c.name for c in qemu.chosen(factors.TRIPLES)]
        self.assertEqual(len(whole), len(set(whole)))
        parts = [c.name for n in range(3)
                 for c in qemu.chosen(factors.TRIPLES, shard=(n + 1, 3))]
        self.assertEqual(sorted(parts), sorted(whole))

    def test_listed(self):
        """By the words of a command line, with and without each."""
        for words, strength in ([], 'pairs'), (['--full'], 'triples'), (
                ['--strength', 'triples'], 'triples'):
            said = subprocess.run(
                [f'{HERE}/qemu/run.py', '--list', *words], text=True,
                check=True, stdout=subprocess.PIPE).stdout.splitlines()
            self.assertEqual(said, [c.name for c in qemu.chosen(
                qemu.STRENGTHS[strength])])

    def test_words(self):
        self.assertEqual(qemu.shard_of('2/3'), (2, 3))
        for bad in '0/3', '4/3', '1', '/3', '1/', '-1/3', 'a/b':
            with self.assertRaises(qemu.argparse.ArgumentTypeError):
                qemu.shard_of(bad)


class Resume(unittest.TestCase):
    def setUp(self):
        where = tempfile.TemporaryDirectory()
        self.addCleanup(where.cleanup)
        self.path = f'{where.name}/passed.json'
        self.cases = [types.SimpleNamespace(name=n) for n in 'abc']
        self.left('x', resume=False).add(self.cases[1])

    def left(self, state, resume):
        record = passed.Record(state, resume, self.path)
        with contextlib.redirect_stdout(io.StringIO()):
            self.names = [c.name for c in record.left_of(self.cases)]
        return record

    def test_leaves_out_what_passed(self):
        self.left('x', resume=True)
        self.assertEqual(self.names, ['a', 'c'])

    def test_other_binaries(self):
        self.left('y', resume=True)
        self.assertEqual(self.names, ['a', 'b', 'c'])

    def test_not_asked_for(self):
        self.left('x', resume=False)
        self.assertEqual(self.names, ['a', 'b', 'c'])
        self.left('x', resume=True)
        self.assertEqual(self.names, ['a', 'b', 'c'])

    def test_another_shard_stays(self):
        self.cases = self.cases[::2]
        self.left('x', resume=False)
        self.cases.append(types.SimpleNamespace(name='b'))
        self.left('x', resume=True)
        self.assertEqual(self.names, ['a', 'c'])


class Times(unittest.TestCase):
    def test_each_stage(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            tally = check.Tally()
            for name in 'one', 'two':
                tally.heading(name)
            tally.times()
        self.assertEqual(out.getvalue().splitlines(), [
            '== one', '   0:00:00', '== two', '   0:00:00',
            '== time a stage', '  0:00:00  one', '  0:00:00  two',
            '  0:00:00  in all'])
        self.assertEqual(check.clock(3 * 3600 + 62.4), '3:01:02')


if __name__ == '__main__':
    done = unittest.main(verbosity=0, exit=False, buffer=True).result
    sys.exit(not done.wasSuccessful())
