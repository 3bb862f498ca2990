# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The transition: its maps, its proof, worlds that are entered with the MMU on."""

# (name, file, text that occurs once, its replacement)
MUTANTS = [
    ('world: vectors trap at EL2', 'trans/world.c',
     '(has_sve(cpu) ? 0 : CPTR_TZ)', 'CPTR_TZ'),
    ('world: pointer authentication traps at EL2', 'trans/world.c',
     '(has_pauth(cpu) ? HCR_API | HCR_APK : 0)', '0'),
    ("world: EL1's MMU left as it was", 'trans/world.c',
     '\tstep(&s, BLOB_SET_SCTLR_EL1, BLOB_SCTLR_OFF_EL1);\n', ''),
    ('world: DS on a CPU without LPA2', 'trans/world.c',
     'if (!(args->world->tcr & TCR_DS))', 'if (1)'),
    ("passage: this library's MAIR", 'trans/passage.c',
     '&geo, t->world.mair,', '&geo, 0,'),
    ('passage: may be overwritten', 'trans/proof.c',
     '\tif (!ret)\n\t\tret = table_pages(proof, &t->passage, piece);\n', ''),
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
