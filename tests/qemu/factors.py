# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The matrix of kexecs: what may vary, and which combinations are run."""
import itertools

import runs
import says

# `el`: where the port runs: 1over2 is EL1 over a stub of its own at EL2, 2vhe
# EL2 with E2H. `tables`: KiB, granule of the port's own tables, which a linear
# map takes over.
FACTORS = {
    'el': ['1', '2', '1over2', '2vhe'],
    'cpu': [runs.A57, runs.MAX],
    'gic': ['2', '3'],
    'smp': [1, 2, 4, 8],
    'ram': ['512M', '4G'],
    'tables': [4, 16, 64],
    'map': ['sparse', 'linear', 'none'],
    'payload': ['aligned', 'gz', 'zboot', 'elf'],
}


def is_legal(row):
    """cortex-a57 is an Armv8.0: no VHE, and no 16K pages."""
    return row['cpu'] == runs.MAX or (row['el'] != '2vhe' and row['tables'] != 16)


# How much of the product is run: by check, check-full, check-all.
PAIRS, TRIPLES, PRODUCT = 2, 3, len(FACTORS)


def product(factors=None, legal=is_legal):
    factors = factors or FACTORS
    rows = (dict(zip(factors, values))
            for values in itertools.product(*factors.values()))
    return [row for row in rows if legal(row)]


def groups(row, strength):
    """Every `strength` of (factor, value) that one run has together."""
    return itertools.combinations(row.items(), strength)


def cover(every, strength, more=lambda row: ()):
    """A few of the runs `every`, in which all groups that any of them has
    occur, and all that `more` names of each: greedily, the run that has most
    of what is left. The order is fixed, so the choice is too."""
    number = {}

    def bits(row):
        return sum(1 << number.setdefault(g, len(number))
                   for g in (*groups(row, strength), *more(row)))
    covers = [(row, bits(row)) for row in every]
    rows, left = [], (1 << len(number)) - 1
    while left:
        best, mine = max(covers, key=lambda c: (c[1] & left).bit_count())
        rows.append(best)
        left &= ~mine
    return rows


def row_name(row):
    cpu = row['cpu'].split(',')[0].replace('cortex-', '')
    return (f"el{row['el']}-{cpu}-gic{row['gic']}-smp{row['smp']}-{row['ram']}-"
            f"{row['tables']}k-{row['map']}-{row['payload']}")


EL_OPTIONS = {'1over2': ['el=1over2'], '2vhe': ['vhe=on']}
PORT_EL = {'1': 'EL1', '2': 'EL2', '1over2': 'EL1', '2vhe': 'EL2 VHE'}


def from_row(row):
    """The port has all CPUs running; Linux must get all of them back."""
    el, smp = row['el'], row['smp']
    options = [f"map={row['map']}", f"tables={row['tables']}",
               *EL_OPTIONS.get(el, []), 'cpus=on']
    case = runs.boots('kexec-' + row_name(row), 1 if el == '1' else 2, options,
                      row['payload'], cpu=row['cpu'], gic=row['gic'], smp=smp,
                      ram=row['ram'])
    case.row = row
    case.expect += [
        says.SEEDS.format('RNDR' if row['cpu'] == runs.MAX else 'nowhere'),
        says.PORT_AT.format(PORT_EL[el]), says.LINUX_CPUS.format(smp),
        says.CPUS_OFF.format(smp - 1), *says.OVER_THE_PORT]
    return case


def matrix(strength):
    rows = product()
    if strength < PRODUCT:
        rows = cover(rows, strength)
    return [from_row(r) for r in rows]
