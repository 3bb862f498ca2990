#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make mutants: known bugs, put in one by one; do the unit tests notice?

Each mutant is one small wrong edit of trans/ or lib/ of a kind that shipped
somewhere once, in a copy of the sources under build/mutants/. The unit tests of
the core must fail on it (a test program that dies, or does not end, has
noticed too). The copy without an edit must pass."""
import argparse
import concurrent.futures
import glob
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
DIR = 'build/mutants'
# Without sanitizers but UBSan's traps: many builds, each run once.
CC = ['gcc', '-std=gnu11', '-O1', '-g', '-fno-common', '-w', '-Iinclude',
      '-I.', '-fsanitize=undefined', '-fsanitize-undefined-trap-on-error']
CORE = ['test_table', 'test_edges', 'test_operations', 'test_copy',
        'test_walker', 'test_geometry', 'test_inspect']
SETS = {'lib/moves.c': ['test_moves', 'test_edges'],
        'lib/ranges.c': ['test_ranges'],
        'lib/pool.c': ['test_pool'], 'trans/tcr.c': ['test_geometry', *CORE],
        'trans/geometry.c': ['test_geometry', *CORE],
        'trans/far.c': ['test_reach'], 'trans/maps.c': ['test_reach'],
        'trans/proof.c': ['test_reach']}
TIMEOUT = 120

# (name, file, text that occurs once, its replacement)
MUTANTS = [
    # What Linux's trans_pgd got wrong.
    ('MKWRITE does not set bit 51', 'trans/attr.c',
     '\t\tedit.set |= LEAF_DBM;\n', ''),
    ('MKWRITE does not clear bit 7', 'trans/attr.c',
     '\t\tedit.clear |= LEAF_READONLY;\n', ''),
    ('MKWRITE leaves hierarchical read-only', 'trans/source.c',
     'item->attributes = tt_edit_apply(b->edit, a);',
     'item->attributes = tt_edit_apply(side->inherited, '
     'tt_edit_apply(b->edit, a));'),
    ('hierarchical attributes forgotten', 'trans/source.c',
     'a = tt_edit_apply(side->inherited, a);', ''),
    ('hierarchical attributes of one level only', 'trans/source.c',
     'tt_edit_then(tt_edit_of_table(b->src, item->d),\n'
     '\t\t\t\t     side->inherited);',
     'tt_edit_of_table(b->src, item->d);'),
    ('MKVALID only at level 3', 'trans/source.c',
     'if (!item->d.v || !(b->flags & TRANS_MKVALID))',
     'if (!item->d.v || level < 3 || !(b->flags & TRANS_MKVALID))'),
    ('invalid entry with a table pointer revived', 'trans/source.c',
     ' || (level < 3 && item->d.v & DESC_TYPE) ||', ' ||'),
    ('invalid table entry is followed', 'trans/desc.h',
     '\tif (!(d.v & DESC_VALID))\n\t\treturn DESC_EMPTY;\n',
     '\tif (!(d.v & DESC_KIND))\n\t\treturn DESC_EMPTY;\n'),
    ('pfn_valid for the first page of a block', 'trans/source.c',
     'uint64_t len = 1ULL << geo_shift(geo, level);\n'
     '\tenum trans_presence',
     'uint64_t len = geo_granule(geo);\n\tenum trans_presence'),
    ('nG not as the rule says', 'trans/source.c',
     'item->d.v &= ~LEAF_NG;', ';'),
    ('contiguous bit always kept', 'trans/attr.c',
     'struct edit edit = { LEAF_CONT | LEAF_SOFTWARE, 0 };',
     'struct edit edit = { LEAF_SOFTWARE, 0 };'),
    ('a whole group swallowed by the run before it', 'trans/source.c',
     'if (b->flags & TRANS_KEEPCONT && most > group)',
     'if (0 && most > group)'),
    ('contiguous bit kept in an uneven group', 'trans/source.c',
     'count == group &&\n\t\t count == 1u << geo_group(geo, b->level) &&',
     ''),
    ('contiguous group changed in part', 'trans/host.c',
     '\twiden_to_groups(b, f);\n', ''),
    ('pages not zeroed', 'trans/pages.c', '\tmemset(*page, 0, len);\n', ''),
    ('pages leak when an operation fails', 'trans/host.c',
     'if (ret)\n\t\troll_back(b, first, end);\n\telse\n', 'if (!ret)\n'),
    ('page leaks when acquire refuses', 'trans/pages.c',
     '\tif (ret)\n\t\tops->free(table->ctx, shift, 1, *pa);\n', ''),
    ('shared tables are freed', 'trans/pages.c',
     '\t       !(d.v & TABLE_BORROWED) &&\n\t       !(v->keep',
     '\t       !(v->keep'),
    ('shared tables are written', 'trans/host.c',
     '\t       !(d.v & TABLE_BORROWED) &&\n\t       slot_extent',
     '\t       slot_extent'),
    ('fold across a difference', 'trans/build.c',
     'return f->run ? run_bits(b, d) == f->run + f->next * step :',
     'return f->run ? !((d.v ^ (f->run + f->next * step)) & ~LEAF_READONLY) '
     ':'),
    ('collision ignored', 'trans/build.c',
     'if (!(b->flags & TRANS_UPGRADE) || !agrees(old, src))\n'
     '\t\treturn COLLIDE;', ''),
    # Formats and regimes.
    ('block at an address not aligned to it', 'trans/build.c',
     ' &&\n\t       !(pa & low_mask(geo_shift(geo, level)));', ';'),
    ('512 GiB block without DS', 'trans/geometry.c',
     'level == 1 || (level == 0 && geo->ds)', 'level >= 0'),
    ('TG1 numbered like TG0', 'trans/tcr.c',
     'tg1s[] = { 0, 14, 12, 16 }', 'tg1s[] = { 12, 16, 14, 0 }'),
    ('LPA address bits lost', 'trans/desc.h',
     'return (pa & low_mask(48)) | ((pa >> 48) & 0xf) << 12;',
     'return pa & low_mask(48);'),
    ('DS: shareability written over the address', 'trans/attr.c',
     'if (normal && !table->geo.ds)', 'if (normal)'),
    ('DS: shareability copied over the address', 'trans/attr.c',
     '\tif (to->ds)\n\t\treturn attributes & ~LEAF_SH;\n', ''),
    ('index of the upper half unmasked', 'trans/desc.h',
     'return (unsigned int)(va >> geo_shift(geo, level)) &\n'
     '\t       (geo_entries(geo, level) - 1);',
     'return (unsigned int)(va >> geo_shift(geo, level)) &\n'
     '\t       ((1u << geo_stride(geo)) - 1);'),
    ('no level -1', 'trans/geometry.c',
     '.start_level = (int8_t)(3 - (int)below),',
     '.start_level = (int8_t)(below > 3 ? 0 : 3 - (int)below),'),
    ('permission indirection ignored', 'trans/attr.c',
     '\tif (table->indirect)\n\t\tindirect_permissions',
     '\tif (0)\n\t\tindirect_permissions'),
    ('52-bit TTBR not shuffled', 'trans/tcr.c',
     'return (root & low_mask(48)) | (root >> 48) << 2;', 'return root;'),
    ('PXN of two halves written for EL2', 'trans/attr.c',
     'edit.set |= LEAF_XN | (one_range(geo) ? 0 : LEAF_PXN);',
     'edit.set |= LEAF_PXN;'),
    ('access flag ignored', 'trans/lookup.c',
     '!table->accessed &&\n\t    !(at->d.v & LEAF_AF))', '0)'),
    ('output beyond the address size accepted', 'trans/desc.h',
     'return pa >> geo->pa_bits == 0;', 'return pa >> 52 == 0 && geo;'),
    # lib
    ('moves: a move inside the spare not seen', 'lib/moves.c',
     'return first_a <= last_b && first_b <= last_a;',
     'return first_a <= first_b && first_b <= last_a;'),
    ('moves: joined although only one end fits', 'lib/moves.c',
     'return b->src == a->src + a->len && b->src > a->src;', 'return true;'),
    ('ranges: neighbours not merged', 'lib/ranges.c',
     'start ? start - 1 : 0', 'start'),
    ('ranges: the top of memory wraps', 'lib/ranges.c',
     'return len - 1 > UINT64_MAX - start;',
     'return len > UINT64_MAX - start;'),
    ('pool: first byte of a page decides', 'lib/pool.c',
     '!trans_ranges_touch(pool->forbidden, pa, len);',
     '!trans_ranges_touch(pool->forbidden, pa, 1);'),
    # The transition's maps.
    ('a piece across the end of the map is near', 'trans/far.c',
     'grow(last > survey->reach ?', 'grow(span.start > survey->reach ?'),
    ('the window lies over what is near', 'trans/far.c',
     '(survey->near.last | (align - 1)) + 1 + odd', 'align + odd'),
    ('52 bits of address with any granule', 'trans/far.c',
     '!trans_cpu_has_lpa2(t->args.cpu, t->args.granule)', '0'),
    ('coarse: tables stay mapped', 'trans/maps.c',
     'return ret ? ret : trans_coarse_hide(t, err);', 'return ret;'),
    ('coarse: the blob is not counted', 'trans/maps.c',
     'ret = count_tables(t, map_blob(t, err));', 'ret = map_blob(t, err);'),
    ('proof: a list that can be written', 'trans/proof.c',
     'ret = trans_list_pages(t, read_only, proof, proof->err);', 'ret = 0;'),
    ('proof: a table that is mapped', 'trans/proof.c',
     'ret = table_pages(proof, &t->low, hidden);', 'ret = 0;'),
    ('proof: the blob looks elsewhere', 'trans/proof.c',
     'params->far_offset == t->far_offset)', '1)'),
]


def sources(where):
    names = ('lib', 'trans', 'lib/arch/fake', 'trans/fake')
    return sorted(os.path.relpath(p, where) for n in names
                  for p in glob.glob(f'{where}/{n}/*.c'))


def object_of(source):
    return source.replace('/', '_')[:-2] + '.o'


def compile_all(where, names, out):
    """None, or what the compiler said."""
    def one(name):
        done = subprocess.run([*CC, '-c', name, '-o',
                               f'{out}/{object_of(name)}'], cwd=where,
                              stderr=subprocess.PIPE, text=True)
        return done.stderr if done.returncode else None

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        errors = [e for e in pool.map(one, names) if e]
    return errors[0] if errors else None


def link(base, out, test):
    """A test program of the mutant's objects, the rest from the base."""
    own = {os.path.basename(p): p for p in glob.glob(f'{out}/*.o')}
    shared = [p for p in glob.glob(f'{base}/obj/*.o')
              if not os.path.basename(p).startswith('tests_unit_test_')]
    objects = [own.get(os.path.basename(p), p) for p in shared]
    subprocess.run(['gcc', '-fsanitize=undefined',
                    '-fsanitize-undefined-trap-on-error', *objects,
                    f'{base}/obj/tests_unit_{test}.o', '-lcmocka', '-o',
                    f'{out}/{test}'], check=True)
    return f'{out}/{test}'


def passing(path):
    """The names of the tests that pass, in order; none if it hangs."""
    try:
        done = subprocess.run([path], timeout=TIMEOUT,
                              env={**os.environ,
                                   'CMOCKA_MESSAGE_OUTPUT': 'TAP'},
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return []
    text = done.stdout.decode(errors='replace')
    return [w.split(' - ', 1)[1] for w in text.splitlines()
            if w.startswith('ok ') and ' - ' in w]


def tests_of(name):
    wanted = SETS.get(name, CORE)
    return [t for t in dict.fromkeys(wanted)
            if os.path.exists(f'{ROOT}/tests/unit/{t}.c')]


class Base:
    """The sources as they are, built once, and what passes on them."""

    def __init__(self):
        self.dir = f'{ROOT}/{DIR}/base'
        shutil.rmtree(f'{ROOT}/{DIR}', ignore_errors=True)
        os.makedirs(f'{self.dir}/obj')
        for part in ('lib', 'trans', 'include', 'tests/unit'):
            shutil.copytree(f'{ROOT}/{part}', f'{self.dir}/{part}')
        tests = sorted({t for m in MUTANTS for t in tests_of(m[1])})
        shared = [os.path.relpath(p, self.dir) for p in
                  glob.glob(f'{self.dir}/tests/unit/*.c')
                  if not os.path.basename(p).startswith('test_')]
        error = compile_all(self.dir, sources(self.dir) + shared +
                            [f'tests/unit/{t}.c' for t in tests],
                            f'{self.dir}/obj')
        if error:
            sys.exit(f'mutants: the sources do not compile\n{error}')
        self.passes = {t: passing(link(self.dir, f'{self.dir}/obj', t))
                       for t in tests}


def mutate(base, number, mutant):
    """Who noticed: a test, or None; or an error in brackets."""
    _, name, old, new = mutant
    where = f'{ROOT}/{DIR}/{number}'
    shutil.copytree(f'{base.dir}/lib', f'{where}/lib')
    shutil.copytree(f'{base.dir}/trans', f'{where}/trans')
    shutil.copytree(f'{base.dir}/include', f'{where}/include')
    with open(f'{where}/{name}') as f:
        text = f.read()
    if text.count(old) != 1:
        return f'[the text occurs {text.count(old)} times]'
    with open(f'{where}/{name}', 'w') as f:
        f.write(text.replace(old, new))
    names = sources(where) if name.endswith('.h') else [name]
    error = compile_all(where, names, where)
    if error:
        return f'[does not compile: {error.splitlines()[0]}]'
    for test in tests_of(name):
        passed = set(passing(link(base.dir, where, test)))
        lost = [t for t in base.passes[test] if t not in passed]
        if lost:
            return f'{test}: {lost[0]}'
    return None


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('--only', default='', help='mutants whose name has this')
    args = ap.parse_args()
    start = time.monotonic()
    base = Base()
    chosen = [m for m in MUTANTS if args.only in m[0]]
    bad = 0
    for number, mutant in enumerate(chosen):
        who = mutate(base, number, mutant)
        fine = who and not who.startswith('[')
        print(f"  {'ok' if fine else 'FAILED':6} {mutant[0]:42} "
              f"{who or 'nobody noticed'}", flush=True)
        bad += not fine
    print(f'mutants: {len(chosen) - bad} of {len(chosen)} noticed, '
          f'{time.monotonic() - start:.0f} s')
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
