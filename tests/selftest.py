#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The tests' own promises: the matrix leaves no legal triple out, shards leave
no case out, what is resumed is what had not passed, each stage of a check has
its time before the last line, each rule of the house can be broken, and each
promise about what was built; each known bug has its place, also after that has
moved, and so has each that is planted for the hazard checker or a proof; a
proof that was not answered does not hold; one file does what many did; a
log of what was measured is believed to its last byte, or not at all; a TPM ends
with its machine; what moves on a screen does so in one line; a user's commands
are those of the document, and the user's disk has room for all."""
import ast
import contextlib
import errno
import glob
import hashlib
import io
import itertools
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import types
import unittest
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [HERE, os.path.join(HERE, 'qemu'),
                os.path.join(HERE, 'hazard'), os.path.join(HERE, 'proofs'),
                os.path.join(HERE, 'bench'), os.path.join(HERE, 'efi'),
                os.path.join(HERE, 'linux'), os.path.join(HERE, 'uboot'),
                os.path.join(ROOT, 'ports/efi'), os.path.join(ROOT, 'docs/site')]
import api  # noqa: E402
import at_debian  # noqa: E402
import at_measured  # noqa: E402
import at_screen  # noqa: E402
import check  # noqa: E402
import check_series  # noqa: E402
import docs  # noqa: E402
import factors  # noqa: E402
import gates  # noqa: E402
import hazard  # noqa: E402
import hibernate  # noqa: E402
import house  # noqa: E402
import ktree  # noqa: E402
import lab  # noqa: E402
import links  # noqa: E402
import machine  # noqa: E402
import mutants  # noqa: E402
import pack  # noqa: E402
import passed  # noqa: E402
import pe  # noqa: E402
import phone  # noqa: E402
import planted  # noqa: E402
import proofs  # noqa: E402
import qmp  # noqa: E402
import removal  # noqa: E402
import rules  # noqa: E402
import run as qemu  # noqa: E402
import run_linux  # noqa: E402
import scenes  # noqa: E402
import single  # noqa: E402
import tcg  # noqa: E402
import unit  # noqa: E402
import what  # noqa: E402


def own_text():
    with open(os.path.abspath(__file__), encoding='utf-8') as f:
        return f.read()


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


class Units(unittest.TestCase):
    """Which program is run as which compiler built it."""

    def setUp(self):
        self.names = {os.path.basename(p)[:-2] for p in glob.glob(
            f'{HERE}/unit/**/test_*.c', recursive=True)}

    def ran(self, tool=None):
        return list(unit.runs(sorted(self.names), tool))

    def test_each_is_run_alone(self):
        alone = [{name for name, helped in self.ran(tool)
                  if helped == unit.ALONE} for tool in check.TOOLCHAINS]
        self.assertEqual(set.union(*alone), self.names)
        both = self.names - {n for names in unit.ONLY.values() for n in names}
        self.assertEqual(set.intersection(*alone), both - {*unit.SAMPLE})
        self.assertEqual({n for n, how in self.ran('clang')
                          if how == unit.BOTH}, {*unit.SAMPLE})

    def test_all_in_full(self):
        self.assertEqual({n for n, how in self.ran() if how == unit.ALONE},
                         self.names)
        for how in unit.EACH:
            self.assertLessEqual({*unit.READERS},
                                 {n for n, h in self.ran() if h == how})

    def test_names(self):
        for tool, names in unit.ONLY.items():
            self.assertIn(tool, check.TOOLCHAINS)
            self.assertLessEqual({*names}, self.names)


class Behind(unittest.TestCase):
    """What is built while other stages run."""
    MAKEFILE = ('nice:\n\t@nice\n'
                'bad:\n\t@echo x.c:1: warning: x\n'
                'slow:\n\t@echo $$$$ >FILE; sleep 600\n')

    def setUp(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.pid = f'{home.name}/pid'
        with open(f'{home.name}/Makefile', 'w', encoding='utf-8') as f:
            f.write(self.MAKEFILE.replace('FILE', self.pid))
        self.words = ['-f', f.name]
        self.tally, self.behind = check.Tally(), check.Behind()
        self.addCleanup(self.behind.stop)

    def made(self, *words, begin=True):
        """Whether it is well, and what is told of it."""
        out = io.StringIO()
        if begin:
            self.behind.begin(words)
        with contextlib.redirect_stdout(out):
            ok = self.behind.make(self.tally, 'it', *words, keep=tuple('0123456789'))
        return ok, out.getvalue()

    def test_gives_way(self):
        for begin, nice in (True, 19), (False, os.nice(0)):
            ok, said = self.made(*self.words, 'nice', begin=begin)
            self.assertTrue(ok)
            self.assertEqual(said.split()[0], str(nice))
        self.assertEqual((self.tally.passed, self.tally.failed), (2, 0))

    def test_a_failure_is_one(self):
        for begin, target, why in ((True, 'bad', 'warning: x'),
                                   (False, 'bad', 'warning: x'),
                                   (True, 'none', "No rule to make target")):
            ok, said = self.made(*self.words, target, begin=begin)
            self.assertFalse(ok)
            self.assertIn(why, said)
        self.assertEqual((self.tally.passed, self.tally.failed), (0, 3))

    def test_ends_with_the_check(self):
        self.behind.begin((*self.words, 'slow'))
        while not (os.path.exists(self.pid) and os.path.getsize(self.pid)):
            time.sleep(0.01)
        self.behind.stop()
        with open(self.pid, encoding='utf-8') as f:
            pid = f.read().strip()
        deadline = time.monotonic() + 30 # it gives way when it dies, too
        while self.runs(pid):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def runs(self, pid):
        """One that nobody has waited for yet does not."""
        try:
            with open(f'/proc/{pid}/stat', encoding='utf-8') as f:
                return f.read().rsplit(')', 1)[1].split()[0] not in 'ZX'
        except (FileNotFoundError, ProcessLookupError):
            return False


class Setup(unittest.TestCase):
    def test_nothing_is_compiled_before_the_compiler_is_there(self):
        """With -j, on a fresh machine."""
        said = subprocess.run(['make', '-npq', 'all', 'unit-bins'], cwd=ROOT, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
        rules = [b for b in said.stdout.split('\n\n')
                 if re.search(r'^\t\$\(compile\)$', b, re.M)]
        self.assertGreater(len(rules), 20)
        for rule in rules:
            self.assertRegex(rule, r'(?m)^build/\S+: [^|]*\|.* setup\b')


class Attempts(unittest.TestCase):
    def test_a_case_that_cannot_be_run_is_one_failure(self):
        def full_disk(live):
            raise OSError(errno.ENOSPC, 'No space left on device')

        def broken_tool(live):
            subprocess.run(['false'], check=True)

        for why, run in ('No space left', full_disk), ('false', broken_tool):
            result = lab.attempt(types.SimpleNamespace(run=run))
            self.assertFalse(result.ok)
            self.assertIn(why, result.why)

    def test_every_runner_attempts(self):
        for path, how in (('qemu/rows.py', r'lab\.attempt\(\w+, verbose\)'),
                          ('qemu/run.py', r'lab\.attempt\(\w+, verbose\)'),
                          ('oracle/oracle.py', r'lab\.attempt\(\w+, verbose\)'),
                          ('uboot/run_uboot.py', r'rows\.run_all\('),
                          ('efi/run_efi.py', r'rows\.run_all\(')):
            with open(os.path.join(HERE, path), encoding='utf-8') as f:
                self.assertRegex(f.read(), how, path)

    def test_a_full_disk_is_told_first(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            check.room(check.NEEDS_GIB[True] << 30, True)
            check.room((check.NEEDS_GIB[False] << 30) - 1, False)
        self.assertRegex(out.getvalue(), r'\Acheck: 7 GiB .*fills 8\n\Z')


class Broken(unittest.TestCase):
    """What breaks is a failure, and the rest is run."""

    def test_stage(self):
        tally, out = check.Tally(), io.StringIO()

        def stage(tally, word):
            tally.add(2, 0)
            raise KeyError(word)
        with contextlib.redirect_stdout(out):
            check.guarded(tally, stage, 'lost')
        self.assertEqual((tally.passed, tally.failed), (2, 1))
        self.assertIn("KeyError: 'lost'", out.getvalue())

    def test_hazard_case(self):
        out = io.StringIO()

        def run(live):
            raise FileNotFoundError('no such U-Boot')
        scene = types.SimpleNamespace(name='scene', run=run)
        with contextlib.redirect_stdout(out):
            self.assertEqual(hazard.run_all([scene, scene]), (0, 2))
        self.assertIn('no such U-Boot', out.getvalue())


class House(unittest.TestCase):
    """Each rule, on a tree of two floors that is in order but for one thing."""
    MAY = {'low': (), 'high': ('low',)}
    HEAD = '/* SPDX-License-Identifier: none */\n'

    def setUp(self):
        self.text = {
            'include/low.h': self.HEAD + 'int trans_a(void);\n',
            'low/a.h': self.HEAD,
            'low/a.c': self.HEAD + '#include <low.h>\n#include "a.h"\n',
            'low/b.c': self.HEAD,
            'high/c.c': self.HEAD + '#include <low.h>\n'}
        self.tags = [house.Tag('include/low.h', 'trans_a', 'prototype', 2, 2)]
        self.defines = {'low/a.c': {'trans_a'}, 'low/b.c': {'trans_b_'},
                        'high/c.c': {'trans_c_'}}
        self.needs = {'high/c.c': {'trans_b_', 'memcpy', 'from_elsewhere'}}
        self.others = []

    def add(self, path, text='', after=HEAD):
        self.text[path] = self.text.get(path, after) + text

    def define(self, path, name, kind='function', lines=10):
        self.tags.append(house.Tag(path, name, kind, 3, 2 + lines))

    def tree(self):
        return house.Tree(self.text, self.tags, {
            p: house.Object(frozenset(d), frozenset(self.needs.get(p, ())))
            for p, d in self.defines.items()}, self.others, self.MAY)

    def said(self, *expect, may=None):
        """Just this, as (rule, text that it says) each."""
        tree = self.tree()._replace(**{'may': may} if may else {})
        found = [(rule, said) for rule, all_ in house.complaints(tree).items()
                 for said in all_]
        self.assertEqual(len(found), len(expect), found)
        for (rule, said), (want, part) in zip(found, expect):
            self.assertEqual(rule, want)
            self.assertIn(part, said)

    def test_in_order(self):
        self.define('low/a.c', 'trans_a', lines=50)
        self.define('low/b.c', 'trans_b_', lines=5)
        self.define('low/b.c', 'local', lines=5)
        self.said()

    def test_length(self):
        self.define('low/a.c', 'trans_a', lines=51)
        self.define('low/b.c', 'trans_b_')
        self.define('low/b.c', 'local')
        self.said(('length', 'trans_a() has 51 lines'))

    def test_median(self):
        self.define('low/a.c', 'trans_a', lines=16)
        self.said(('length', '16 lines or more'))

    def test_room(self):
        self.add('low.c')
        self.said()
        self.add('low/sub/d.c')
        self.said()
        self.said(('room', 'low/a.c'), ('room', 'low/a.h'),
                  ('room', 'low/b.c'),
                  may={'low/sub': (), 'high': ('low/sub',)})

    def test_arrow_by_include(self):
        self.add('include/high.h', 'int trans_d(void);\n')
        self.define('include/high.h', 'trans_d', 'prototype', 1)
        self.defines['high/c.c'].add('trans_d')
        self.add('low/a.c', '#include <high.h>\n')
        self.said(('arrow', 'low/a.c: includes include/high.h, of high'))

    def test_arrow_between_public_headers(self):
        self.add('include/high.h', 'int trans_d(void);\n')
        self.define('include/high.h', 'trans_d', 'prototype', 1)
        self.defines['high/c.c'].add('trans_d')
        self.add('include/low.h', '#include <high.h>\n')
        self.said(('arrow', 'include/low.h: includes include/high.h, of high'))

    def test_arrow_by_symbol(self):
        self.needs = {'low/b.c': {'trans_c_'}}
        self.said(('arrow', 'low/b.c: refers to trans_c_ of high/c.c'))

    def test_private(self):
        self.add('high/c.c', '#include "../low/a.h"\n')
        self.said(('private', 'high/c.c: includes low/a.h'))
        self.text['lib/a.h'] = self.text.pop('low/a.h')
        self.add('high/c.c', '#include "lib/a.h"\n', self.HEAD)
        self.said(may={**self.MAY, 'lib': (), 'high': ('low', 'lib')})

    def test_examples_take_nothing_private(self):
        may = {**self.MAY, 'lib': (), 'examples': ('low', 'lib')}
        self.text['lib/a.h'] = self.HEAD
        self.add('examples/one/e.h')
        self.add('examples/two/e.c', '#include <low.h>\n'
                 '#include "../one/e.h"\n')
        self.said(may=may)
        self.add('examples/two/e.c', '#include "lib/a.h"\n')
        self.said(('private', 'e.c: includes lib/a.h'), may=may)

    def test_private_of_the_floor_above(self):
        """A folder in another one knows what its own house knows."""
        self.add('low/sub/d.c', '#include "../a.h"\n')
        self.said(may={**self.MAY, 'low/sub': ('low',)})

    def test_circle(self):
        self.needs['low/a.c'] = {'trans_b_'}
        self.said()
        self.needs['low/b.c'] = {'trans_a'}
        self.said(('circle', 'low/b.c -> low/a.c (trans_a)'))

    def test_circle_of_three(self):
        self.add('low/d.c')
        self.defines['low/d.c'] = {'trans_d_'}
        self.needs.update({'low/a.c': {'trans_b_'}, 'low/b.c': {'trans_d_'},
                           'low/d.c': {'trans_a'}})
        self.said(('circle', '3 files'))

    def test_circle_through_a_program(self):
        """Its own definition is the nearer one."""
        self.others = [{'high/p.c': house.Object(
            frozenset({'main', 'trans_b_'}), frozenset({'trans_a', 'put'})),
                        'high/q.c': house.Object(
            frozenset({'put'}), frozenset({'trans_b_'}))}]
        self.said(('circle', 'high/p.c -> high/q.c (put)'))

    def test_prefix(self):
        self.defines['low/b.c'].add('b_')
        self.said(('prefix', 'low/b.c: b_'))

    def test_private_name(self):
        self.defines['low/b.c'].add('trans_b')
        self.said(('public', 'trans_b: is not in include/'))

    def test_public_name(self):
        self.add('include/low.h', 'int trans_b_(void); /* trans_c_ */\n')
        self.said(('public', 'trans_b_: ends with _'))

    def test_public_and_defined_nowhere(self):
        self.define('include/low.h', 'trans_d', 'prototype', 1)
        self.said(('public', 'trans_d: is defined nowhere'))

    def test_header(self):
        self.define('low/a.h', 'trans_b_', 'prototype', 1)
        self.said(('header', 'low/a.h: not of low/a.c: trans_b_'))
        self.define('low/a.c', 'trans_b_')
        self.said()

    def test_errors(self):
        self.add(house.ERRORS, ' *   call     Mend it.\n\tTRANS_EBAD = -1,\n')
        self.add('include/low.h', ' *   call     TRANS_EBAD      wrong\n'
                 ' *   call     any other       wrong\n'
                 ' *   TRANS_EBAD   KEEP   it\n'
                 ' *   host     TRANS_EBAD      wrong\n'
                 ' *   call     TRANS_EGONE     wrong\n')
        self.said(('errors', 'low.h:6: host'), ('errors', 'low.h:7: TRANS_EG'))

    def operation(self, comment):
        """One that takes two flags, by a macro and another function."""
        self.setUp()
        self.add('include/low.h', f'/*\n * {comment}\n */\n'
                 'int trans_b(unsigned int flags);\n')
        self.add('low/b.c', '#define ALL (TRANS_KEEP | \\\n\tTRANS_FOLD)\n'
                 'int trans_b(unsigned int flags)\n{\n'
                 '\treturn trans_x_(flags);\n}\n'
                 'int trans_x_(unsigned int flags)\n{\n'
                 '\treturn trans_build_begin_(1, 2, 3, 4,\n'
                 '\t\tflags, ALL, 7);\n}\n')
        last = self.text['include/low.h'].count('\n')
        self.tags += [house.Tag('include/low.h', 'trans_b', 'prototype', last,
                                last),
                      house.Tag('low/b.c', 'trans_b', 'function', 4, 7),
                      house.Tag('low/b.c', 'trans_x_', 'function', 8, 12)]
        self.defines['low/b.c'] |= {'trans_b', 'trans_x_'}

    def test_flags(self):
        self.operation('What it does.\n * @flags: KEEP, or\n * FOLD. SLEEP.')
        self.said()
        self.operation('@flags: KEEP. FOLD.')
        self.said(('flags', 'trans_b: FOLD is not in its comment'))
        self.operation('@flags: KEEP, FOLD and SLEEP.')
        self.said(('flags', 'trans_b: SLEEP is in its comment, and not'))
        self.operation('KEEP and FOLD.')
        self.said(('flags', 'trans_b: FOLD'), ('flags', 'trans_b: KEEP'))

    def test_switch(self):
        self.add('low/a.c', '#ifndef A_H\n#ifdef __ASSEMBLER__\n')
        self.said()
        for words in 'ifdef A_HOST', 'if TRANS_FAST', ' ifndef __arm__':
            self.text['low/b.c'] = f'{self.HEAD}#{words}\n'
            self.said(('switch', 'low/b.c:2: #' + words))

    def test_width(self):
        self.add('low/a.c', '/*\n *' + 't' * 78 + '\n\t*' + 't' * 72 + '\n*/\n'
                 'char *s = "/*' + 's' * 80 + '*/";\n'
                 'int a; // "' + ' ' * 80 + 'x\n')
        self.add('tests/a.py', '"""' + 'd' * 78 + '"""\ns = "#' + 's' * 80 +
                 '"\n# ' + 'c' * 78 + '\n# ' + 'c' * 79 + '\n',
                 '# SPDX-License-Identifier: none\n')
        self.add('mk/a.mk', 'a = ' + 'b' * 80 + '\n#' + 'c' * 80 + '\n',
                 '# SPDX-License-Identifier: none\n')
        self.said(('width', 'low/a.c:6: 81'), ('width', 'low/a.c:9: 92'),
                  ('width', 'mk/a.mk:3: 81'), ('width', 'tests/a.py:2: 84'),
                  ('width', 'tests/a.py:5: 81'))

    def test_spdx(self):
        self.add('low/a.c', '', after='')
        self.text['low/a.c'] = '\n' + self.text['low/a.c']
        self.add('tests/a', after='#!/bin/sh\n')
        self.add('tests/b', after='#!/bin/sh\n# SPDX-License-Identifier: n\n')
        self.add('tests/data', after='1 2 3\n')
        self.said(('spdx', 'low/a.c'), ('spdx', 'tests/a'))

    def test_outside(self):
        self.add('docs/there' + '.md', 'there' + '.md nowhere' + '.md\n')
        self.said(('outside', 'nowhere'))

    def test_every_rule_is_shown(self):
        for rule in house.RULES:
            self.assertIn(f"('{rule.__name__}', '", own_text())


class Gates(unittest.TestCase):
    """Each promise about what was built, kept and then broken: assembled, but
    for the masking of interrupts, which is the library's own, edited."""
    TOOLS = 'aarch64-linux-gnu-'
    MASK = 'lib/machine/arch/aarch64/arch.c'

    def setUp(self):
        there = tempfile.TemporaryDirectory()
        self.addCleanup(there.cleanup)
        self.there = there.name

    def assembled(self, text, name='a.o'):
        path = f'{self.there}/{name}'
        subprocess.run([f'{self.TOOLS}as', '-o', path, '-'], input=text,
                       text=True, check=True)
        return path

    def linked(self, text, *words):
        path = f'{self.there}/a.elf'
        subprocess.run([f'{self.TOOLS}ld', '-e', '0', *words,
                        self.assembled(text), '-o', path], check=True)
        return path

    def archive(self, obj):
        path = f'{self.there}/a.a'
        subprocess.run([f'{self.TOOLS}ar', 'rcs', path, obj], check=True)
        return path

    def said(self, gate, *args):
        with contextlib.redirect_stdout(io.StringIO()):
            return '\n'.join(gate(*args))

    # ---- core ----

    def masking(self, old=None, new=''):
        """arch.c with one line of trans_arch_mask_ edited."""
        with open(f'{ROOT}/{self.MASK}', encoding='utf-8') as f:
            text = f.read()
        if old:
            before, found, after = text.partition('void trans_arch_mask_')
            self.assertIn(old, after)
            text = before + found + after.replace(old, new, 1)
        obj = f'{self.there}/mask.o'
        subprocess.run([f'{self.TOOLS}gcc', '-std=gnu11', '-Os',
                        '-ffreestanding', '-Iinclude', '-I.', '-x', 'c', '-c',
                        '-', '-o', obj], input=text, text=True, check=True,
                       cwd=ROOT)
        return self.said(gates.masks_last, self.TOOLS, obj)

    def test_serror_is_taken(self):
        """Also one that ESB alone makes known: a hint, hence a NOP where there
        is no RAS. No test on a host sees these instructions."""
        self.assertEqual(self.masking(), '')
        for line in ('"hint\t#16\\n\\t"', '"dsb\tsy\\n\\t"',
                     '"msr\tdaifclr, #4\\n\\t"', '"isb\\n\\t"',
                     '"msr\tdaifset, #0xf\\n\\t"'):
            self.assertIn('pending SError', self.masking(line), line)
        for line, new in (('hint\t#16', 'hint\t#17'),
                          ('daifclr, #4', 'daifclr, #2'),
                          ('daifset, #0xf', 'daifset, #0xb')):
            self.assertIn('pending SError', self.masking(line, new), new)

    def test_core_needs_nothing(self):
        with_mask = ('.global trans_arch_mask_\n.text\ntrans_arch_mask_:\n'
                     'msr daifset, #0xb\ndsb sy\nmsr daifclr, #4\n'
                     'hint #16\nisb\nmsr daifset, #0xf\n')
        for call, bad in (('memcpy', ''), ('memmove', ''), ('memset', ''),
                          ('memcmp', 'needs memcmp'), ('abort', 'needs abort')):
            obj = self.assembled(f'{with_mask}bl {call}\n')
            said = self.said(gates.core, self.TOOLS, self.archive(obj))
            self.assertEqual(said.partition('.a ')[2], bad)
            said = self.said(gates.alone, self.TOOLS, [obj])
            self.assertEqual(bool(said), bool(bad))

    def test_a_fixed_geometry_saves(self):
        def one(length, name):
            return self.assembled(''.join(
                f'.section .text.{f},"ax"\n.global trans_table_{f}\n'
                f'trans_table_{f}: .skip {length}\n'
                for f in ('create', 'copy', 'map', 'idmap', 'query',
                          'finish')), name)
        large, small = one(64, 'large.o'), one(32, 'small.o')
        self.assertEqual(self.said(gates.fixed, self.TOOLS, large, small), '')
        self.assertIn('map alone: nothing is saved',
                      self.said(gates.fixed, self.TOOLS, large, large))

    def stack(self, length, name='trans_table_copy'):
        """A function with so much on its stack, and its frame's 16 bytes."""
        obj = f'{self.there}/stack.o'
        subprocess.run(
            [f'{self.TOOLS}gcc', '-Os', '-fno-stack-protector',
             '-fno-omit-frame-pointer', '-fcallgraph-info=su', '-x', 'c', '-c',
             '-', '-o', obj], text=True, check=True, input=f"""
            void put(char *here);
            int {name}(void) {{ char a[{length}]; put(a); return *a; }}""")
        return self.said(gates.stack, self.TOOLS, [obj])

    def test_a_copy_takes_so_much_stack(self):
        self.assertEqual(self.stack(gates.STACK_MAX - 16), '')
        self.assertIn(f'{gates.STACK_MAX + 16} bytes: trans_table_copy:',
                      self.stack(gates.STACK_MAX))
        self.assertIn('no frames', self.stack(16, 'other'))

    # ---- blob, caches, erratum ----

    def blob(self, text, flat=16):
        path = f'{self.there}/blob.bin'
        with open(path, 'wb') as f:
            f.write(bytes(flat))
        elf = self.linked(text)
        return self.said(gates.blob, self.TOOLS, elf, path,
                         [f'{self.there}/a.o'])

    def test_blob_is_flat(self):
        ask = 'mrs x0, hcr_el2\n'
        self.assertEqual(self.blob(2 * ask), '')
        self.assertIn('asks HCR_EL2 3 times', self.blob(3 * ask))
        self.assertIn('R_AARCH64_ABS64', self.blob('x: .quad x\n'))
        self.assertEqual(self.blob('.skip 16384\n'), '')
        self.assertIn('does not fit', self.blob('.skip 16388\n'))
        self.assertIn('does not fit', self.blob('nop\n', 16385))
        self.assertIn('does not fit', self.blob('.bss\n.skip 16388\n'))

    def cleaned(self, *lines, name='clean'):
        return self.said(gates.caches, self.TOOLS, [self.assembled(
            f'.text\n.type {name}, %function\n{name}:\n' + '\n'.join(lines) +
            '\nforget_lines: nop\nrelocate: nop\n')])

    def test_cleans(self):
        clean = 'dc civac, x0'
        for barrier in 'dmb sy', 'dsb sy':
            self.assertEqual(self.cleaned(barrier, clean, 'dsb sy'), '')
        self.assertIn('no barrier', self.cleaned(clean, 'dsb sy'))
        self.assertIn('nothing cleans', self.cleaned('nop'))
        for other in 'cvac', 'ivac', 'cvau', 'cisw':
            self.assertIn(f'dc {other}', self.cleaned(
                'dsb sy', clean, f'dc {other}, x0'))

    def test_the_port_forgets_first(self):
        before = ('dsb sy', 'dc civac, x0', 'bl forget_lines', 'bl relocate')
        self.assertEqual(self.cleaned(*before, name='start'), '')
        for wrong in (before[:2] + before[:1:-1], before[:2] + before[3:],
                      ('str x0, [x1]', *before)):
            self.assertIn('forgets its lines',
                          self.cleaned(*wrong, name='start'))

    def test_erratum(self):
        words = '-z max-page-size=4096 --fix-cortex-a53-843419'
        self.assertEqual(self.said(gates.erratum, self.TOOLS, words, []), '')
        self.assertIn('does not work around', self.said(
            gates.erratum, self.TOOLS, words.split(' --')[0], []))
        self.assertIn('ADRP at', self.said(
            gates.erratum, self.TOOLS, words,
            [self.linked(gates.OPEN, '-z', 'max-page-size=4096')]))

    # ---- licence, EFI ----

    def test_licence(self):
        both = '/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */'
        header = f'{self.there}/a.h'
        obj = self.assembled('nop\n')
        with open(f'{self.there}/a.d', 'w', encoding='utf-8') as f:
            f.write(f'{obj}: \\\n {header}\n\n{header}:\n')

        def said(text, objs=(obj,)):
            with open(header, 'w', encoding='utf-8') as f:
                f.write(text)
            return self.said(gates.licence, self.TOOLS,
                             [self.archive(obj), *objs])
        self.assertEqual(said(f'{both}\n#include <stdint.h>\n'), '')
        for text in '', '/* SPDX-License-Identifier: GPL-2.0 */\n', (
                '/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */\n'):
            self.assertIn('not to be had', said(text))
        self.assertIn('stdio.h', said(f'{both}\n#include <stdio.h>\n'))
        other = self.assembled('nop\n', 'b.o')
        os.rename(f'{self.there}/a.d', f'{self.there}/b.d')
        self.assertIn('from nowhere', said(f'{both}\n', (other,)))

    def test_efi_application(self):
        def said(length=1024, machine=0xaa64, subsystem=10, magic=b'PE\0\0'):
            data = bytearray(length)
            struct.pack_into('<I', data, 0x3c, 0x80)
            struct.pack_into('<4sH', data, 0x80, magic, machine)
            struct.pack_into('<H', data, 0x80 + 24 + 68, subsystem)
            with open(f'{self.there}/a.efi', 'wb') as f:
                f.write(data)
            return self.said(gates.efi, f'{self.there}/a.efi')
        self.assertEqual(said(), '')
        for wrong in ({'machine': 0x8664}, {'subsystem': 11},
                      {'magic': b'NE\0\0'}):
            self.assertIn('no arm64 application', said(**wrong))
        self.assertEqual(said(gates.EFI_MAX), '')
        self.assertIn('are more than', said(gates.EFI_MAX + 1))

    def test_every_gate_is_shown(self):
        shown = sorted(set(re.findall(r'said\(\s*gates\.([a-z]\w+),', own_text())))
        self.assertEqual(shown, sorted([*gates.GATES, 'masks_last']))


class KnownBugs(unittest.TestCase):
    BUG = mutants.Mutant('bug', 'f', 'if (a  &&\n\tb)', 'if (a)', ())
    F = 'int f(int a, int b)\n{\n\tif (a && b)\n\t\treturn 1;\n}\n'

    def setUp(self):
        where = tempfile.TemporaryDirectory()
        self.addCleanup(where.cleanup)
        self.root = where.name

    def put(self, path, text):
        os.makedirs(os.path.dirname(f'{self.root}/{path}'), exist_ok=True)
        with open(f'{self.root}/{path}', 'w', encoding='utf-8') as f:
            f.write(text)

    def applied(self, **changed):
        return mutants.apply(self.BUG._replace(**changed),
                             mutants.places(self.root),
                             mutants.read_from(self.root))

    def wrong(self, text, **changed):
        self.assertIn(text, '\n'.join(mutants.misplaced(
            [self.BUG._replace(**changed)], self.root)))

    def test_each_has_its_place(self):
        self.assertEqual(mutants.misplaced(), [])

    def test_each_group_once(self):
        """Of two equal keys the first one's bugs would be lost."""
        for path in glob.glob(f'{HERE}/known_bugs/*.py'):
            with open(path, encoding='utf-8') as f:
                nodes = list(ast.walk(ast.parse(f.read())))
            for node in nodes:
                if isinstance(node, ast.Dict):
                    keys = [ast.unparse(key) for key in node.keys]
                    self.assertEqual(len(keys), len(set(keys)), path)

    def test_moved_and_reflowed(self):
        for path, f in ('lib/a.c', self.F), (
                'trans/deep/b.h', self.F.replace('&& b', '\n\t    &&  b')):
            self.put(path, '/* if (a && b) */\n' + f)
            self.assertEqual(self.applied(), (
                path, '/* if (a && b) */\n' +
                self.F.replace('a && b', 'a')))
            os.remove(f'{self.root}/{path}')

    def test_no_place_or_two(self):
        self.put('lib/a.c', self.F)
        self.assertEqual(mutants.misplaced([self.BUG], self.root), [])
        self.wrong('there is no g', where='g')
        self.wrong('occurs 0 times in f', old='if (b)')
        self.wrong('occurs 2 times in f', old='b')
        self.wrong('there is no test_gone', tests=('test_gone',))
        self.put('lib/b.c', self.F)
        self.wrong('occurs 2 times in f')
        self.assertEqual(self.applied(where='b:f')[0], 'lib/b.c')

    def test_text_decides_between_two(self):
        self.put('lib/a.c', self.F.replace('&&', '||'))
        self.put('lib/b.c', self.F)
        self.assertEqual(self.applied()[0], 'lib/b.c')

    def test_macro_and_variable(self):
        self.put('lib/a.c', '#define M(a) \\\n\t((a) + 1)\n'
                 'static const int v[] = {\n\t1,\n\t2,\n};\n')
        self.assertIn('((a) + 2)', self.applied(
            where='M', old='(a) + 1', new='(a) + 2')[1])
        self.assertIn('\t3,\n}', self.applied(
            where='v', old='2,', new='3,')[1])

    def test_words_stay_words(self):
        self.put('lib/a.c', self.F.replace('return 1', 'returned'))
        self.wrong('occurs 0 times', old='return ed')

    def test_a_group_that_runs_twice(self):
        program = f'{self.root}/program'
        with open(program, 'w') as f:
            f.write('#!/bin/sh\necho "ok 1 - a"; echo "ok 2 - b"\n'
                    'echo "ok 1 - a"; echo "not ok 2 - b"\n')
        os.chmod(program, 0o700)
        passes = mutants.passing(program)
        self.assertEqual(passes, {'a': 2, 'b': 1})
        self.assertEqual(mutants.lost(passes, passes), [])
        self.assertEqual(mutants.lost({**passes, 'b': 2}, passes), ['b'])

    def test_each_run_has_its_directory(self):
        self.addCleanup(setattr, mutants, 'DIR', mutants.DIR)
        mutants.DIR = self.root
        for name in (str(os.getppid()), '999999999', 'base'):
            os.mkdir(f'{self.root}/{name}')
        mutants.own_directory()
        self.assertEqual(sorted(os.listdir(self.root)),
                         sorted([str(os.getppid()), str(os.getpid())]))


class Removals(unittest.TestCase):
    """What docs/budgets.md says a capability costs (make bench-removal)."""

    def test_each_has_its_places(self):
        for one in removal.REMOVALS:
            self.assertTrue(one.edits or one.flags, one.what)
            self.assertEqual(bool(one.edits),
                             bool(removal.taken_out(one, removal.read)))

    def test_what_has_none_is_told(self):
        with self.assertRaisesRegex(LookupError, 'no_such_thing'):
            removal.taken_out(removal.Removal('x', removal.edits(
                'build.c', (r'no_such_thing', '0'))), removal.read)

    def test_the_document_has_each(self):
        with open(os.path.join(ROOT, 'docs/budgets.md'), encoding='utf-8') as f:
            table = f.read().split('| without |')[1].split('\n\n')[0]
        rows = re.findall(r'^\| (.*?) \| [\d,]+ \| [\d,]+ \| [\d,]+ \|$',
                          table, re.M)
        self.assertEqual(sorted(rows), sorted(r.what for r in removal.REMOVALS))


class Proofs(unittest.TestCase):
    """With a CBMC that says what it is told to."""
    HOLDS = '[f.assertion.1] line 7 claim: SUCCESS'
    FAILS = '[f.overflow.1] line 8 overflow in a + b: FAILURE'

    def setUp(self):
        there = tempfile.TemporaryDirectory()
        self.addCleanup(there.cleanup)
        self.script = f'{there.name}/cbmc'
        self.addCleanup(setattr, proofs.cbmc, 'command', proofs.cbmc.command)
        proofs.cbmc.command = lambda: ['sh', self.script]
        self.proof = what.PROOFS[0]
        self.bug = proofs.bugs(self.proof)[0]
        self.known = mutants.places(proofs.ROOT)

    def says(self, status, *lines):
        with open(self.script, 'w', encoding='utf-8') as f:
            f.write(''.join(f"echo '{w}'\n" for w in lines) + status)

    def both(self, bug=None):
        """(the proof holds, the bug is noticed), and what was printed."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            said = (proofs.prove(self.proof),
                    proofs.plant(self.proof, bug or self.bug, self.known))
        return said, out.getvalue()

    def test_each_has_its_place(self):
        self.assertEqual(proofs.misplaced(), [])
        broken = {(p.file, p.start) for p in what.PROOFS if p.planted}
        for proof in what.PROOFS:
            self.assertIn((proof.file, proof.start), broken)
            with open(f'{HERE}/proofs/{proof.file}.c', encoding='utf-8') as f:
                self.assertIn(f'\nvoid prove_{proof.start}(', f.read())

    def test_each_compiles(self):
        """With what it is told, and all that its harness is told at other
        times."""
        for words in {tuple(w for w in proofs.command_line(p, '.', True)
                            if w[:2] in ('-D', '-I') or w.endswith('.c'))
                      for p in what.PROOFS}:
            self.assertFalse(subprocess.run(
                ['gcc', '-fsyntax-only', '-w', *words], cwd=proofs.ROOT,
                check=False).returncode, words)

    def test_listed(self):
        said = subprocess.run(
            [f'{HERE}/proofs/proofs.py', '--list'], text=True, check=True,
            stdout=subprocess.PIPE).stdout.splitlines()
        for proof in what.PROOFS:
            self.assertIn(f'{proof.name}: {proof.bounds}', said)
        self.assertEqual(len(said), len(set(said)))

    def test_holds(self):
        self.says('exit 0', self.HOLDS)
        said, text = self.both()
        self.assertEqual(said, (True, False))
        self.assertIn(f'MISSED {self.bug.name}', text)

    def test_fails(self):
        self.says('exit 10', self.HOLDS, self.FAILS)
        said, text = self.both()
        self.assertEqual(said, (False, True))
        self.assertIn('overflow in a + b', text)

    def test_no_answer_is_neither(self):
        for lines in (('exit 6', 'CONVERSION ERROR'), ('exit 0',),
                      ('exit 0', self.HOLDS, self.FAILS),
                      ('exit 10', self.HOLDS), ('kill -XCPU $$', self.FAILS),
                      ('exit 6', 'std::bad_alloc')):
            self.says(*lines)
            said, text = self.both()
            self.assertEqual(said, (False, False), lines)
            self.assertIn(f'ERROR  {self.bug.name}', text)

    def test_a_place_that_is_gone(self):
        self.says('exit 10', self.FAILS)
        said, text = self.both(self.bug._replace(old='no such text'))
        self.assertFalse(said[1])
        self.assertIn('the text occurs 0 times', text)
        gone = self.proof._replace(
            planted=(('bug', 'no_such_function', 'a', 'b'),))
        self.assertEqual(proofs.misplaced([gone]),
                         ['bug: there is no no_such_function'])


class OneFile(unittest.TestCase):
    """Two sources that have much in common, as one, by make single."""
    FILES = {
        'include/trans_table/a.h':
            '#ifndef A_H\n#define A_H\nint trans_a(int of);\n'
            'int trans_b(int of);\n#endif\n',
        'low/own.h':
            '#ifndef OWN_H\n#define OWN_H\n#define OWN 8\n'
            'int trans_own_(int of);\nint trans_kept_(void);\n'
            'static inline int own(int of)\n{\n\treturn of + OWN;\n}\n#endif\n',
        'low/a.c':
            '#include <trans_table/a.h>\n#include "own.h"\n#define MANY 2\n'
            'struct step { int take; int names[MANY]; };\n'
            'enum { ONE = 1, TWO };\nstatic const int names[] = { 5, 7 };\n'
            'static int take(const struct step *step)\n'
            '{\n\treturn step->take + step->names[ONE];\n}\n'
            'int trans_own_(int of)\n{\n\treturn own(of) * TWO;\n}\n'
            'int trans_kept_(void)\n{\n\treturn 0;\n}\n'
            'int trans_a(int of)\n{\n\tstruct step step = { .take = of, '
            '.names = { 3, names[ONE] } };\n\n\treturn take(&step);\n}\n',
        'high/a.c':
            '#include <stddef.h>\n#include <trans_table/a.h>\n'
            '#include "low/own.h"\n#define MANY names[0]\n'
            'struct step { char pad[3]; char take; };\n'
            'static int take(int (*step)(int), int names)\n'
            '{\n\tif (names)\n\t\tgoto take;\n\treturn 1;\ntake:\n'
            '\treturn step(names);\n}\n'
            'int trans_b(int of)\n{\n\tint names[] = { of };\n\n'
            '\treturn take(trans_own_, MANY) +\n'
            '\t       (int)offsetof(struct step, take) * 1000;\n}\n',
        'high/kept.S': '\t.global trans_kept_\n'}
    MAIN = ('#include <stdio.h>\n#include <trans_table/a.h>\nint main(void)\n'
            '{\n\treturn printf("%d %d", trans_a(40), trans_b(5)) < 0;\n}\n')
    WARN = ['-Wall', '-Wextra', '-Wshadow', '-Werror']

    def setUp(self):
        self.there = tempfile.TemporaryDirectory()
        self.addCleanup(self.there.cleanup)
        self.root, single.ROOT = single.ROOT, self.there.name
        self.forget()
        self.before = os.getcwd()
        for path, text in {**self.FILES, 'main.c': self.MAIN}.items():
            self.put(path, text)
        os.chdir(self.there.name)

    def tearDown(self):
        single.ROOT = self.root
        os.chdir(self.before)
        self.forget()

    def forget(self):
        single.read.cache_clear()
        single.included.cache_clear()

    def put(self, path, text):
        path = os.path.join(self.there.name, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        self.forget()

    def args(self, **more):
        return types.SimpleNamespace(**{
            'name': 'one', 'what': 'two', 'asm': ['high/kept.S'],
            'source': ['low/a.c', 'high/a.c'], 'blob': None,
            'blob_source': ['low/a.c'], 'tool': ['gcc'], 'only': [],
            'also': [], **more})

    def made(self, data=None, **more):
        return single.single(self.args(**more), ['include/trans_table/a.h'],
                             data)

    def result(self, *files):
        subprocess.run(['gcc', '-O2', *self.WARN, '-I.', '-Iinclude', *files,
                        'main.c', '-o', 'main'], check=True)
        return subprocess.check_output('./main', text=True)

    def test_does_the_same(self):
        self.put('one.c', self.made())
        self.assertEqual(self.result('one.c'), '47 3026')
        self.assertEqual(self.result('low/a.c', 'high/a.c'), '47 3026')

    def test_what_is_global(self):
        self.put('one.c', self.made())
        subprocess.run(['gcc', '-c', 'one.c'], check=True)
        said = subprocess.check_output(['nm', '-g', 'one.o'], text=True)
        self.assertEqual({w.split()[-1] for w in said.splitlines()},
                         {'trans_a', 'trans_b', 'trans_kept_'})

    def test_only_what_is_called(self):
        self.put('one.c', self.made(only=['trans_a']))
        subprocess.run(['gcc', *self.WARN, '-O2', '-I.', '-c', 'one.c'],
                       check=True)
        said = subprocess.check_output(['nm', 'one.o'], text=True)
        self.assertEqual({w.split()[-1] for w in said.splitlines()
                          if 'trans_' in w}, {'trans_a', 'trans_kept_'})
        with self.assertRaises(single.Failed):
            self.made(only=['trans_a', 'trans_c'])

    def test_name_that_a_macro_hides(self):
        self.put('high/a.c', 'int OWN;\nint use(void);\n'
                 'int use(void)\n{\n\treturn OWN;\n}\n')
        self.assertIn('high_a_OWN', self.made())
        self.put('high/a.c', 'struct s { int OWN; };\nint use(struct s OWN);\n'
                 'int use(struct s OWN)\n{\n\treturn OWN.OWN;\n}\n')
        with self.assertRaises(single.Failed):
            self.made()

    def test_blob(self):
        with open('blob', 'wb') as f:
            f.write(bytes(range(40)))
        text = self.made(bytes(range(40)), blob='blob')
        args = self.args(blob='blob')

        def said(text):
            return list(single.differences(args, ['include/trans_table/a.h'],
                                           text))
        self.assertEqual(said(text), [])
        self.assertEqual(said(text.replace('0x27', '0x26')),
                         ['its blob has other bytes, by the same tools'])
        self.assertEqual(said(text.replace('0x27', '0x26').replace(
            'tool: ', 'tool: not ')), [])
        self.assertEqual(said(text.replace('return 0', 'return 1')),
                         ['is not what these sources make'])
        self.put('low/own.h', self.FILES['low/own.h'].replace('8', '9'))
        self.assertIn('its blob is of other sources', said(text))


class Linux(unittest.TestCase):
    """What goes into a kernel tree, and what is run with it."""
    MAKEFILE = ('obj-$(CONFIG_TRANS_TABLE)\t+= trans_pgd.o\n'
                'obj-$(CONFIG_TRANS_TABLE)\t+= trans_pgd-asm.o\n')

    def port(self, name):
        return ktree.read(f'{ROOT}/ports/linux/{name}')

    def test_pairs_and_triples(self):
        every = factors.product(run_linux.MATRIX, run_linux.is_legal)
        picked = run_linux.matrix()
        self.assertEqual(met(picked, 2), met(every, 2))

        def triples(rows):
            return {g for row in rows
                    for g in run_linux.by_level_and_way(row)}
        self.assertEqual(triples(picked), triples(every))
        self.assertLess(len(picked), 30)

    def test_runs_a_kernel(self):
        kernels = [case.kernel for case in run_linux.cases()]
        for kernel in set(kernels):
            self.assertLessEqual(kernels.count(kernel), 60)

    def test_names_of_cases(self):
        names = [case.name for case in run_linux.cases()]
        self.assertEqual(len(names), len(set(names)))

    def test_checks_cases_are_there(self):
        self.assertEqual(len(run_linux.chosen(check.LINUX[False])), 2)
        picked = run_linux.chosen(check.LINUX[True])
        self.assertIn('trans', [case.which for case in picked])
        with self.assertRaises(ktree.fetch.Failed):
            run_linux.chosen(['6.12-4k-no-such-case'])

    def test_a_kernel_that_cannot_be_had(self):
        def gone(_):
            raise ktree.fetch.Failed('no such package')
        with mock.patch.object(ktree, 'unpack', gone), \
                contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(run_linux.make_kernel('6.12-slim', 'slim'),
                             ['6.12-slim: no such package'])
        case = run_linux.chosen(['6.12-slim-el1-*'])[0]
        case.which = 'not-built'
        self.assertIn('no such kernel', run_linux.run_case(case))

    def test_warnings_of_ours(self):
        said = ('../arch/arm64/mm/trans_table/trans_table.c:9815: warning: '
                '"READ" redefined\n../mm/memory.c:1: warning: not ours\n'
                '  CC      arch/arm64/mm/trans_table/env.o\n')
        self.assertEqual(ktree.warned(said), [said.splitlines()[0]])

    def test_without_compare(self):
        for name in ('Kconfig', 'Makefile'):
            self.assertIn('COMPARE', self.port(name))
            text = ktree.without_compare(name, ktree.without_kexec(
                name, self.port(name)))
            self.assertNotIn('COMPARE', text)
            self.assertIn('LIBRARY' if name == 'Kconfig' else 'CFLAGS_trans_'
                          'table.o', text)
        self.assertIn('def_bool TRANS_TABLE && !TRANS_TABLE_LIBRARY\n',
                      ktree.without_compare('Kconfig', self.port('Kconfig')))

    def test_makefile_of_another_kernel(self):
        path = 'arch/arm64/mm/Makefile'
        text = ktree.edited(path, self.MAKEFILE)
        self.assertIn('obj-$(CONFIG_TRANS_PGD_LINUX)\t+= trans_pgd.o\n', text)
        self.assertIn('+= trans_table/\nifdef', text)
        self.assertNotIn('COMPARE', ktree.edited(path, self.MAKEFILE, False))
        for line in self.MAKEFILE.splitlines():
            with self.assertRaises(ktree.fetch.Failed):
                ktree.edited(path, self.MAKEFILE.replace(line, ''))


class Hazard(unittest.TestCase):
    """The checker's rules and its planted bugs."""

    def test_rules_are_those_of_the_plugin(self):
        with open(f'{HERE}/hazard/rules.def', encoding='ascii') as f:
            known = re.findall(r'RULE\((\w+)\)', f.read())
        self.assertEqual(sorted(known), sorted(rules.RULES))
        for name, rule in rules.RULES.items():
            self.assertTrue(rule.section and rule.why, name)
            for phase in rules.PHASES:
                self.assertIn(getattr(rule, phase), (
                    rules.ERROR, rules.NOTE, rules.IGNORED))

    def judged(self, why='', events=(), end='own-tables', raises=None):
        """What is said of a case that ends so; '' is nothing."""
        scene = scenes.Scene('none', [], host='h.bin+0', blob='b.bin')
        trace = machine.Trace(list(events), [], end)

        def run(_):
            if raises:
                raise raises
            return lab.Result('its last words', why, 0), trace
        scene.run = run
        return hazard.tried(scene).why

    def test_a_case_that_did_not_get_there_has_failed(self):
        ran = ['region host 0x0 0x0', 'region blob 0x0 0x0']
        self.assertEqual(self.judged(events=[*ran, 'handover x']), '')
        self.assertIn('h.bin', self.judged(events=ran[1:]))
        self.assertIn('b.bin', self.judged(events=ran[:1]))
        self.assertIn('0 of 1 hand-overs', self.judged(events=ran))
        self.assertIn('last words', self.judged('hung', end=''))
        self.assertIn('overflow', self.judged(
            events=[*ran, 'handover x'], end='own-tables overflow'))
        self.assertIn('no nm', self.judged(raises=OSError('no nm')))

    def test_a_path_may_have_any_sign(self):
        self.assertEqual(machine.entered('c++/my.bin'), 'c++/my.bin+0')
        self.assertEqual(machine.entered('c++/my.bin+4f0'), 'c++/my.bin+4f0')

    def test_exceptions_say_why(self):
        for entry in rules.ALLOWED:
            self.assertIn(entry.rule, rules.RULES)
            self.assertTrue(entry.function and entry.why)

    def test_bugs_have_their_places(self):
        self.assertGreaterEqual(len(planted.BUGS), 30)
        names = [s.name for s in [*scenes.all_scenes(),
                                  scenes.NOT_COHERENT]]
        self.assertEqual(len(names), len(set(names)))
        for bug in [*planted.BUGS, *(b for b, _ in planted.HARMLESS)]:
            self.assertEqual(set(planted.changed(bug)),
                             {path for path, _, _ in bug.edits}, bug.name)
            self.assertIn(bug.scene, names)
            self.assertLessEqual({*bug.trips, *bug.also}, set(rules.RULES))
        for bug in planted.BUGS:
            self.assertTrue(bug.trips, bug.name)

    def test_each_rule_is_tripped(self):
        tripped = {rule for bug in planted.BUGS for rule in bug.trips}
        self.assertEqual(tripped | set(planted.NOT_PLANTED),
                         set(rules.RULES))
        self.assertFalse(tripped & set(planted.NOT_PLANTED))


class PeFile(unittest.TestCase):
    """What pe.py makes of an ELF file's relocations."""
    FIRST, LEN = 0x3000, 32

    def relocate(self, address, kind=pe.RELATIVE):
        data = bytearray(self.LEN)
        rela = struct.pack('<QQq', address, kind, 0x1234)
        where = pe.relocate({'.data': (self.FIRST, self.LEN, b''),
                             '.rela.dyn': (0, len(rela), rela)}, data)
        return where, data

    def test_addend_goes_to_its_place(self):
        where, data = self.relocate(self.FIRST + 24)
        self.assertEqual(where, [self.FIRST + 24])
        self.assertEqual(data[24:], struct.pack('<q', 0x1234))

    def test_outside_of_data_is_an_error(self):
        for address in (self.FIRST - 8, self.FIRST + 25, 0):
            with self.assertRaisesRegex(SystemExit, 'pe: relocation'):
                self.relocate(address)

    def test_of_another_kind_is_an_error(self):
        with self.assertRaisesRegex(SystemExit, 'pe: relocation'):
            self.relocate(self.FIRST, pe.RELATIVE + 1)

    def test_blocks_are_of_a_page_and_of_whole_words(self):
        table = pe.base_relocations([0x3008, 0x3010, 0x3ff8, 0x4000])
        self.assertEqual(struct.unpack('<II4HII2H', table), (
            0x3000, 16, 0xa008, 0xa010, 0xaff8, 0, 0x4000, 12, 0xa000, 0))


class Packed(unittest.TestCase):
    """That it comes back as it was: test_efi_constants.c."""

    def test_is_smaller(self):
        self.assertLess(len(pack.pack(b'the same again, ' * 64)), 40)


class Tpm(unittest.TestCase):
    """Of a machine that was lost before it asked its TPM."""
    SWTPM = '''#!/usr/bin/env python3
import os, sys, time
for word in sys.argv:
    if 'path=' in word:
        open(word.split('path=')[1], 'w').close()
    if word.startswith('file='):
        with open(word[5:], 'w') as f:
            f.write(str(os.getpid()))
time.sleep(600)
'''

    def test_ends(self):
        with tempfile.TemporaryDirectory() as home:
            with open(f'{home}/swtpm', 'w', encoding='utf-8') as f:
                f.write(self.SWTPM)
            os.chmod(f'{home}/swtpm', 0o755)
            before = os.environ['PATH']
            os.environ['PATH'] = f'{home}:{before}'
            try:
                with self.assertRaises(at_measured.Lost), \
                        at_measured.tpm_at(home):
                    while not os.path.exists(f'{home}/tpm.pid'):
                        time.sleep(0.01)
                    raise at_measured.Lost('no firmware')
            finally:
                os.environ['PATH'] = before
            with open(f'{home}/tpm.pid', encoding='utf-8') as f:
                pid = int(f.read())
            with self.assertRaises(ProcessLookupError):
                os.kill(pid, 0)


class Screen(unittest.TestCase):
    """What is in place on a screen of a pixel a line."""

    def test_lines(self):
        picture = b'P6\n1 3\n255\n' + b'abcdefghi'
        self.assertEqual(qmp.lines_of(picture), [b'abc', b'def', b'ghi'])

    def test_in_place(self):
        before = [bytes(3)] * 60
        for first, last, why in ((20, 38, None), (20, 39, 'lines 20 to 39')):
            after = [*before]
            after[first] = after[last] = b'abc'
            if not why:
                at_screen.in_place(before, after)
                continue
            with self.assertRaisesRegex(at_screen.Lost, why):
                at_screen.in_place(before, after)
        with self.assertRaisesRegex(at_screen.Lost, 'nothing moves'):
            at_screen.in_place(before, before)
        with self.assertRaisesRegex(at_screen.Lost, 'another size'):
            at_screen.in_place(before, before[1:])


class Measured(unittest.TestCase):
    """A firmware's log of two entries, put together by hand."""
    HEAD = (struct.pack('<II20xI', 0, 3, 37) + b'Spec ID Event03\0' +
            struct.pack('<I4BIHHHHB', 0, 0, 2, 0, 2, 2, 4, 20, 11, 32, 0))

    def setUp(self):
        first = self.entry(9, b'a kernel', b'/name\0')
        self.log, self.last = self.HEAD + first + self.entry(
            8, b'words', b'words\0'), len(self.HEAD + first)
        self.values = {4: [bytes(20)] * 16, 11: [bytes(32)] * 16}
        for pcr, data in (9, b'a kernel'), (8, b'words'):
            for bank, how in (4, hashlib.sha1), (11, hashlib.sha256):
                values = self.values[bank]
                values[pcr] = how(values[pcr] + how(data).digest()).digest()
        self.values = {bank: dict(enumerate(values))
                       for bank, values in self.values.items()}

    @staticmethod
    def entry(pcr, data, text, kind=13):
        return struct.pack('<IIIH20sH32sI', pcr, kind, 2, 4,
                           hashlib.sha1(data).digest(), 11,
                           hashlib.sha256(data).digest(), len(text)) + text

    def read(self, log):
        return tcg.ours(tcg.read(log, self.last, self.values))

    def test_log(self):
        found = tcg.read(self.log, self.last, self.values)
        self.assertEqual(self.read(self.log + b'of the room behind it'), [
            tcg.event(found, 9, b'a kernel', b'/name'),
            tcg.event(found, 8, b'words', b'words')])

    def test_any_byte(self):
        """Where it says which banks there are, and behind that."""
        good = self.read(self.log)
        for at in range(len(self.HEAD) - 13, len(self.log)):
            for bit in 1, 0x80:
                log = bytearray(self.log)
                log[at] ^= bit
                try:
                    self.assertNotEqual(self.read(bytes(log)), good, at)
                except tcg.Broken:
                    continue

    def test_any_value(self):
        for bank, values in self.values.items():
            for pcr in range(16):
                right = values.pop(pcr)
                for wrong in {}, {pcr: right[:-1] + b'?'}:
                    values.update(wrong)
                    with self.assertRaisesRegex(tcg.Broken,
                                                f'PCR {pcr} of'):
                        self.read(self.log)
                values[pcr] = right

    def test_only_logged(self):
        """EV_NO_ACTION is extended nowhere."""
        log = self.log + self.entry(9, b'no', b'action', 3)
        tcg.read(log, len(self.log), self.values)

    def test_answer(self):
        answer = (struct.pack('>HIIIIHB3xIH', 0x8001, 62, 0, 1, 1, 11, 3, 1,
                              32) + b'x' * 32)
        self.assertEqual(tcg.pcr_of(answer), b'x' * 32)
        for wrong in (answer[:-1], answer[:9] + b'\1' + answer[10:],
                      answer[:27] + b'\0' + answer[28:], b''):
            with self.assertRaisesRegex(tcg.Broken, 'answers'):
                tcg.pcr_of(wrong)


class Debian(unittest.TestCase):
    TEXT = ('## Install\n\nWords.\n\n```sh\na\nb   # c\nd\ne\n'
            'systemctl hibernate\n```\n\n### Otherwise\n\n```sh\nf\n```\n')

    def test_commands(self):
        """To the letter; and other ones are noticed."""
        self.assertEqual(at_debian.documented(self.TEXT),
                         ['a', 'b   # c', 'd', 'e'])
        for what, other in (('a\n', ''), ('a\n', 'a\na\n'), ('```sh', '```'),
                            ('systemctl ', ''), ('## Install', '## Use')):
            with self.assertRaisesRegex(at_debian.Lost, 'other commands'):
                at_debian.documented(self.TEXT.replace(what, other, 1))

    def test_disk(self):
        """Partitions of whole MiB follow each other, behind one GPT and before
        the other (33 sectors)."""
        at = at_debian.esp.MIB
        for _, start, length, _ in at_debian.LAYOUT:
            self.assertEqual((start, length % at_debian.esp.MIB), (at, 0))
            at = start + length
        self.assertLessEqual(at + 33 * 512, at_debian.LENGTH)


class UBoot(unittest.TestCase):
    """Who names a tree of one's own hears what is wrong with it, and finds it
    as it was."""

    def said(self, **files):
        with tempfile.TemporaryDirectory() as where:
            for path in files:
                os.makedirs(os.path.dirname(f'{where}/{path}'), exist_ok=True)
                with open(f'{where}/{path}', 'w', encoding='utf-8') as f:
                    f.write(files[path])
            done = subprocess.run(
                [f'{HERE}/uboot/patches.py', '--tree', where], text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            left = [os.path.relpath(f, where) for f in
                    glob.glob(f'{where}/**', recursive=True)
                    if os.path.isfile(f)]
        self.assertEqual(done.returncode, 1)
        self.assertEqual(sorted(left), sorted(files))
        return done.stdout.replace(where, 'DIR')

    def test_series(self):
        def tree(number, more=()):
            text = 'VERSION = {}\nPATCHLEVEL = {:02}\n'.format(*number)
            return self.said(**{'Makefile': text, **dict(more)})

        board = {'common/board_f.c': ''}
        for wrong in self.said(), self.said(**board), tree((6, 1)):
            self.assertEqual(wrong, 'uboot-series: DIR is no U-Boot tree\n')
        self.assertEqual(
            tree((2024, 10), board), 'uboot-series: DIR is U-Boot 2024.10; '
            'the series is for 2025.01 and later\n')
        self.assertEqual(
            tree((2025, 1), {**board, 'boot/trans/Makefile': ''}),
            'uboot-series: DIR has boot/trans already\n')

    def test_check_of_a_tree_built_in_place(self):
        with tempfile.TemporaryDirectory() as there, \
                mock.patch('check_series.TREE', f'{there}/copy'):
            for path, text in {'Makefile': 'mrproper:\n\trm .config\n',
                               'lib/Makefile': '', 'lib/Kconfig': '',
                               '.config': ''}.items():
                check_series.series.write(f'{there}/own/{path}', text)
            check_series.make_repository(f'{there}/own', shutil.copy2)
            self.assertEqual(
                check_series.series.git(f'{there}/copy', 'ls-files').split(),
                ['Makefile', 'lib/Kconfig', 'lib/Makefile'])
            self.assertTrue(os.path.exists(f'{there}/own/.config'))


class Docs(unittest.TestCase):
    """A document that says what is there, and one word of it that is not."""
    THERE = {'Makefile': 'all: x\n', 'lib/a.c': 'trans_a far\n',
             'lib/b.c': 'near\n', 'docs/budgets.md': '# Two words\n'}

    def said(self, text):
        return list(docs.complaints({**self.THERE,
                                     'docs/architecture.md': text}))

    def test_in_order(self):
        self.assertEqual(self.said(
            '[o](budgets.md#two-words) `lib/a.c` `a.c` `lib/` `lib/*.c` '
            '`make all` `trans_a()`, and `far` in `lib/a.c`. `cpu_resume`\n\n'
            '    make all A=b # builds\n'), [])

    def test_each_rule(self):
        for text, what in (('[o](porting.md)', 'porting.md'),
                           ('[o](budgets.md#three)', 'three'),
                           ('`lib/c.c`', 'lib/c.c'), ('`c.c`', 'c.c'),
                           ('`ports/`', 'ports/'), ('`lib/*.S`', 'lib/*.S'),
                           ('`make none`', 'none'), ('`trans_b`', 'trans_b'),
                           ('    make all\n    make none A=b\n', 'none'),
                           ('w ' * 61, 'line 1 has 122 columns'),
                           ('| ' * 61 + '\n' + 'w' * 121, 'line 2'),
                           ('`near`, `far` in `lib/a.c`', 'near')):
            found = self.said(text)
            self.assertEqual(len(found), 1, found)
            self.assertIn(what, found[0])


class Site(unittest.TestCase):
    """The reference is made of comments; links that lead nowhere, and pages
    that a phone cannot show, are noticed."""
    HEADER = """/* SPDX-License-Identifier: none */
/*
 * What it is for.
 */
#ifndef TRANS_TABLE_X_H
#define TRANS_TABLE_X_H

/*
 * Take [@pa, @pa + @len), see
 * TRANS_X.
 *
 * @pa:  where,
 *       in bytes
 *
 *   call     TRANS_EINVAL    it is
 *                            wrong
 */
int trans_take(trans_pa_t pa);

#define TRANS_X 1
#endif
"""

    def test_reference(self):
        made, names = api.pages({'x.h': self.HEADER}, {})
        page, = made.values()
        for line in ('# x.h', 'What it is for.', '## `trans_take`, `TRANS_X`',
                     'Take \\[`pa`, `pa` + `len`), see '
                     '[`TRANS_X`](api-trans_take).',
                     'int trans_take(trans_pa_t pa);',
                     '- `pa`: where, in bytes',
                     '| call | `TRANS_EINVAL` | it is wrong |'):
            self.assertIn(f'{line}\n', page)
        self.assertEqual(names['trans_take'], 'api-trans_take')

    def test_each_header_is_whole(self):
        """Every word of a comment is on its page."""
        for path in glob.glob(f'{ROOT}/include/trans_table/*.h'):
            with open(path, encoding='utf-8') as f:
                text = f.read()
            made, _ = api.pages({os.path.basename(path): text}, {})
            said = set(re.findall(r'\w+', ' '.join(made.values())))
            for comment in re.findall(r'^/\*(?! SPDX)(.*?)\*/', text,
                                      re.M | re.S):
                self.assertLessEqual(set(re.findall(r'\w+', comment)), said)

    def test_links(self):
        with tempfile.TemporaryDirectory() as where:
            for name, text in (('a', '<p id="x"><a href="b.html#y">'
                                '<a href="b.html#z"><a href="c.html">'
                                '<a href="https://there">'),
                               ('b', '<p id="y"><a href="#y"><img src="d">'
                                '<script src="https://there/x">')):
                with open(f'{where}/{name}.html', 'w', encoding='utf-8') as f:
                    f.write(text)
            self.assertEqual(list(links.broken(where)), [
                'a.html: b.html#z: no such anchor',
                'a.html: c.html: does not exist',
                'b.html: d: does not exist',
                'b.html: loads https://there/x'])

    def test_phone(self):
        good = {'page': 'start.html', 'width': 390, 'room': 390, 'cut': [],
                'words': 'make demo ' * 10, 'title': 'T'}
        self.assertEqual(list(phone.wrong(good)), [])
        for change, why in (({'width': 400}, 'wide'), ({'title': ' '}, 'blank'),
                            ({'words': 'make demo'}, 'blank'),
                            ({'words': 'w' * 90}, 'does not say'),
                            ({'cut': ['T']}, 'is cut')):
            found = list(phone.wrong({**good, **change}))
            self.assertEqual(len(found), 1, found)
            self.assertIn(why, found[0])


if __name__ == '__main__':
    done = unittest.main(verbosity=0, exit=False, buffer=True).result
    sys.exit(not done.wasSuccessful())
