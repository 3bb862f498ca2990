# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""U-Boot's patches: what follows a resume that has come back."""

# Edits, and the tests that must notice them: tests/mutants.py.
MUTANTS = {
    ('test_uboot_scan',): [
        ('scan: an interrupted read is an error like others',
         'trans_hibernate_end', '&& !stopped', ''),
        ('scan: whoever asks for nothing boots over an image',
         'trans_hibernate_end', 'policy && !strcmp(policy, "linux") &&', ''),
        ('scan: any policy is Linux\'s', 'trans_hibernate_end',
         '!strcmp(policy, "linux") &&', ''),
        ('scan: no image ends it', 'trans_hibernate_end', 'return -ENOENT;',
         'return -ECANCELED;'),
        ('scan: an answer that is not there is none', 'trans_hibernate_end',
         'answer && !strcmp(answer, "none")',
         '!answer || !strcmp(answer, "none")'),
        ('scan: a refused image goes unnoticed', 'trans_hibernate_end',
         'return -ECANCELED;', 'return -ENOENT;'),
    ],
}
