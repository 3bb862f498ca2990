# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Worlds that are entered with the MMU on."""
import lab
import runs
import says

MAIR_OF_LINUX = '0x40044ffff'

# T0SZ 25 and T1SZ 16, or 12; 4K, 16K, 64K.
TCR = {4: '0x2b5103519', 16: '0x27510b519', 64: '0x2f5107519'}
TCR_52 = {4: '0x8000002b50c3519', 16: '0x8000002750cb519', 64: '0x2f50c7519'}


def world(name, el, options, at=1, tcr=TCR[4], **machine):
    """The port's own image elsewhere, by other tables, says what it finds."""
    return runs.Case(name, options, machine=lab.Machine(el=el, **machine),
                     expect=[says.WORLD.format(MAIR_OF_LINUX, tcr, at), says.WORLD_REGISTERS,
                             says.MOVED_ALL],
                     forbid=[says.BLOB_FAULT, says.ANY_REFUSAL, says.UNKNOWN_OPTION, says.CRASH])


def dropped(name, options, hcr, cptr, sctlr, **machine):
    """From EL2 to EL1, where the stub at EL2 answers."""
    case = world(name, 2, options, **machine)
    case.expect += [says.WORLD_EL2.format(hcr, cptr, sctlr), says.WORLD_EL2_IDS]
    return case


def with_e2h(name, options, **machine):
    case = world(name, 2, options, at=2, cpu=runs.MAX, **machine)
    case.expect.append(says.WORLD_VHE)
    return case


def world_that_is_lost(name, el):
    """A T1SZ that does not go with the tables: told, and a cold boot."""
    case = runs.Case(name, ['world=lost', 'report=auto'],
                     machine=lab.Machine(el=el),
                     expect=[says.NO_REPORT, says.ENTRY_FAULT,
                             says.LAST_TIME.format('fault').replace('[1-9]', '1 moves')],
                     forbid=[says.ANY_WORLD, says.UNKNOWN_OPTION])
    case.reboots = True
    return case


DROPPED_MAX = ('0x30080000000', '0x22ff', '0x1000000030c50830')

WORLDS = [
    world('world-el1', 1, ['world=on']),
    world('world-el1-linear', 1, ['world=on',
          'map=linear'], gic='3', cpu=runs.MAX),
    world('world-el1-no-tables', 1, ['world=on', 'map=none']),
    *[world(f'world-{kib}', 1, ['world=on', f'granule={kib}'], tcr=TCR[kib],
            cpu=runs.MAX) for kib in (16, 64)],
    *[world(f'world-52-{kib}', 1, ['world=52', f'granule={kib}'],
            tcr=TCR_52[kib], cpu=runs.MAX) for kib in (16, 64)],
    world('world-52-4', 1, ['world=52'], tcr=TCR_52[4], cpu=runs.MAX),
    with_e2h('world-vhe', ['world=on', 'vhe=on']),
    with_e2h('world-to-vhe', ['world=vhe'], gic='3'),
    dropped('world-drop', ['world=on'], '0x80000000', '0x33ff', '0x30c50830'),
    dropped('world-drop-max', ['world=on'], * \
            DROPPED_MAX, cpu=runs.MAX, gic='3'),
    dropped('world-drop-from-vhe', ['world=drop', 'vhe=on', 'map=linear'],
            *DROPPED_MAX, cpu=runs.MAX, gic='3'),
    world_that_is_lost('world-lost', 1),
    world_that_is_lost('world-lost-from-el2', 2),
    runs.refuses('world-over-stub', 'TRANS_EINVAL', ['world=on', 'el=1over2'],
                 el=2),
    runs.refuses('world-52-on-a57', 'TRANS_EINVAL', ['world=52']),
    runs.refuses('world-vhe-on-a57', 'TRANS_EINVAL', ['world=vhe'], el=2),
]
