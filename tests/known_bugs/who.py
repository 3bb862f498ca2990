# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Unit tests that notice the same kind of bug, the quickest first."""

COPY = ('test_copy', 'test_copy_rules', 'test_copy_failures',
        'test_copy_formats')
CASES = ('test_copy_entries', 'test_table_refuse', 'test_reading')
CORE = ('test_table', 'test_builder', *CASES, 'test_operations', *COPY,
        'test_walker', 'test_geometry', 'test_inspect', 'test_table_effort')
TRANSITION = ('test_transition', 'test_transition_refuse',
              'test_transition_digests', 'test_transition_go',
              'test_transition_proof', 'test_transition_rest',
              'test_transition_pages')
KEXEC = ('test_kexec', 'test_kexec_zeroes', 'test_kexec_refuse')
SNAPSHOT = ('test_snapshot', 'test_snapshot_faults')
RESUME = ('test_resume', 'test_resume_refuse', 'test_resume_answers',
          'test_resume_find', 'test_resume_progress', 'test_resume_start')
SWSUSP = ('test_swsusp', 'test_swsusp_crc', 'test_swsusp_hostile', 'test_swsusp_sweep',
          'test_swsusp_maps', 'test_swsusp_callbacks', 'test_swsusp_once',
          'test_swsusp_workers',
          'test_resume_discard')
