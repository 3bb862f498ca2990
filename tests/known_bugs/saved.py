# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Asking a saved kernel, and what a resume makes of the answer."""
SAVED = ('test_saved', 'test_saved_ask', 'test_resume_ask')

# Edits, and the tests that must notice them: tests/mutants.py.
MUTANTS = {
    SAVED: [
        ('saved: the VMCOREINFO of any kernel', 'agrees',
         'value != args->known_va - args->known_pa', 'false'),
        ('saved: VMCOREINFO of other tables', 'agrees',
         '!root_is(saved, value)', 'false'),
        ('saved: a long name is cut to seven bits', 'next_length',
         '(size_t)high << 7', '(size_t)0'),
        ('saved: a name that is there twice is found', 'compare',
         '(uint32_t)n->count', 'i'),
        ('saved: _stext is not compared', 'kind_of_offsets',
         'va == stext', 'true'),
        ('saved: a bit field is a member', 'member_at',
         '!(type->bit_offsets && offset >> 24)', 'true'),
        ('saved: a program is believed', 'hear',
         'if (message->own)', ''),
        ('saved: a text that goes around begins where it would', 'take_text',
         'at = 0;', ';'),
        ('saved: a message that is not whole', 'take_message',
         'state >> STATE_SHIFT != STATE_COMMITTED', 'false'),
        ('saved: any memory is a property table', 'is_property_table',
         '!same_properties(bytes, expected)', 'false'),
        ('saved: any memory is a pending table', 'is_pending_table',
         '(bytes && !is_clear(bytes))', 'false'),
        ('saved: a table that was not saved', 'is_table',
         'memory->holds(memory->ctx, pa, TRANS_SAVED_LPI_TABLE)', 'true'),
        ('saved: sources that disagree', 'compare_lpis',
         'memset(known, 0, sizeof(*known));', ';'),
        ('saved: lines that disagree', 'take', 'value = CONTRADICTED;', ';'),
        ('saved: a sidecar of any kernel', 'trans_saved_sidecar_',
         '!words(&line, version)', 'false'),
        ('saved: no effort is too much', 'trans_saved_spend_',
         'bytes > saved->effort', 'false'),
        ('resume: LPI tables are not needed', 'check_lpis',
         '!load->args->has_its', 'true'),
        ('resume: any kind of CPU will do', 'check_cpu',
         'then == now', 'true'),
    ],
}
