# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Ranges, moves, pool, the interrupt controller."""

# (name, file, text that occurs once, its replacement)
MUTANTS = [
    ('moves: a move inside the spare not seen', 'lib/moves_plan.c',
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
    ('GIC resume: a line that is asserted is enabled', 'lib/gic_resume.c',
     '~(gic_read(gic, lines->pend + i / 8) |', '~(0u |'),
    ('GIC resume: the tick stays off', 'lib/gic_resume.c',
     'gic_write(gic, lines.enable, SGIS);\n\tenable_quiet(gic, &lines);',
     'gic_write(gic, lines.enable, SGIS);'),
    ('GIC resume: a timer that is due does not matter', 'lib/gic_resume.c',
     'if (gic_read(gic, lines.pend) & TIMERS)', 'if (0)'),
    ('GIC resume: routed without affinity routing', 'lib/gic_resume.c',
     'ctlr | GICD_CTLR_ARE);', 'ctlr);'),
    ('GIC resume: nobody waits for the redistributor', 'lib/gic_resume.c',
     'WAKER_CHILDREN_ASLEEP, 0,', '0, 0,'),
]
