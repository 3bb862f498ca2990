# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The EFI application: what goes into the TPM's PCRs, and when; its disks."""

# Edits, and the tests that must notice them: tests/mutants.py.
MUTANTS = {
    ('test_efi_measure',): [
        ('a TPM that is turned off is asked', 'tpm_of_firmware',
         '&& !can.present', '&& false'),
        ('a TPM that says nothing is away', 'tpm_of_firmware',
         '!tpm->capability(tpm, &can) && !can.present',
         '(tpm->capability(tpm, &can) || !can.present)'),
        ('the whole size in place of the header', 'measure',
         'sizeof(event.head) - sizeof(event.head.len)', 'sizeof(event.head)'),
        ('a full log is a TPM that fails', 'measure',
         'status == EFI_VOLUME_FULL ? EFI_SUCCESS : status', 'status'),
        ('an initrd that is not there', 'measure_kernel',
         '&& initrd->len', ''),
        ("the initrd in the kernel's place", 'measure_kernel',
         'measure_file(options->initrd, initrd)',
         'measure_file(options->initrd, kernel)'),
        ('command line with its NUL', 'measure_kernel',
         'length_of(options->cmdline)', 'length_of(options->cmdline) + 1'),
        ('command line among the files', 'measure_kernel', 'WORDS_PCR',
         'FILES_PCR'),
        ('the last PCR is left as it is', 'measure_resume',
         'i < sizeof(resumed_pcrs)', 'i < sizeof(resumed_pcrs) - 1'),
        ('only the last PCR counts', 'measure_resume',
         '!status && i < sizeof(resumed_pcrs)', 'i < sizeof(resumed_pcrs)'),
        ('a TPM that fails resumes', 'measure_resume',
         'status ? port_error', 'false ? port_error'),
    ],
    ('test_efi_disk',): [
        ('another medium is read', 'disk_read', 'disk->media',
         'disk->io->media->id'),
        ('another medium is written', 'disk_write', 'disk->media',
         'disk->io->media->id'),
        ('a copy reads through what it was copied from', 'disk_keep',
         'to->block.ctx = to;', ''),
    ],
    ('test_efi_memory',): [
        ('room for a map is taken once', 'memory_map_room',
         'memory_map_fits(map)', 'map->data'),
    ],
    ('test_efi_resume',): [
        ('a dry run is measured', 'prepare',
         'options->plan ? 0 : measure_resume(err)', 'measure_resume(err)'),
        ('a resume is not measured', 'prepare',
         'options->plan ? 0 : measure_resume(err)', '0'),
    ],
}
