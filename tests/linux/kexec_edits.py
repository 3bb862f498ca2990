# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""What CONFIG_KEXEC_TRANS changes of Linux's own files: where kexec calls it,
and what it has to be told of firmware and earlycon."""

CALLS = '''
#ifdef CONFIG_KEXEC_TRANS
int kexec_trans_load(struct kimage *image);
void kexec_trans_go(struct kimage *image);
void kexec_trans_unload(struct kimage *image);
#else
static inline int kexec_trans_load(struct kimage *image) { return 0; }
static inline void kexec_trans_go(struct kimage *image) {}
static inline void kexec_trans_unload(struct kimage *image) {}
#endif
'''
CONDUIT = '''
enum arm_smccc_conduit psci_get_conduit(void)
{
	return psci_conduit;
}
'''
EARLYCON = '''
/* The device that earlycon wrote to, or writes to, if any. */
const struct earlycon_device *earlycon_found(void)
{
	return early_console_dev.con->data;
}
'''
EARLYCON_CALL = '''
#ifdef CONFIG_SERIAL_EARLYCON
const struct earlycon_device *earlycon_found(void);
#else
static inline const struct earlycon_device *earlycon_found(void)
{
	return NULL;
}
#endif
'''
# Nothing else in the kernel knows where each redistributor is: also where this
# kernel has no use for LPIs, and the one before had.
RDISTS = '''
#ifdef CONFIG_KEXEC_TRANS
const struct rdists *gic_v3_rdists(void)
{
	return gic_data.rdists.rdist ? &gic_data.rdists : NULL;
}
#endif
'''
RDISTS_CALL = '''
/* NULL: the interrupt controller is another. */
const struct rdists *gic_v3_rdists(void);
'''

# Path -> (pattern of the only place, what it becomes).
PLACES = {
    'arch/arm64/include/asm/kexec.h': [
        (r'^(struct kimage_arch \{\n(?:.+\n)+?)\};\n',
         '\\1\tstruct kexec_trans *trans;\n};\n' + CALLS)],
    'arch/arm64/kernel/machine_kexec.c': [
        (r'^\t/\* Empty routine needed to avoid build errors\. \*/\n',
         '\tkexec_trans_unload(kimage);\n'),
        (r'^(\t/\* If in place, relocation is not used)',
         '\trc = kexec_trans_load(kimage);\n'
         '\tif (rc || kimage->arch.trans)\n\t\treturn rc;\n\n\\1'),
        (r'^(\tlocal_daif_mask\(\);\n)', '\\1\n\tkexec_trans_go(kimage);\n')],
    'drivers/firmware/psci/psci.c': [
        (r'^(static enum arm_smccc_conduit psci_conduit = [^\n]*\n)',
         '\\1' + CONDUIT)],
    'include/linux/psci.h': [
        (r'^(extern struct psci_operations psci_ops;\n)',
         '\\1\nenum arm_smccc_conduit psci_get_conduit(void);\n')],
    'drivers/irqchip/irq-gic-v3.c': [
        (r'^(static struct gic_chip_data gic_data __read_mostly;\n)'
         r'(static DEFINE_STATIC_KEY_TRUE\(supports_deactivate_key\);\n)',
         '\\1\\2' + RDISTS)],
    'include/linux/irqchip/arm-gic-v3.h': [
        (r'^(struct rdists \{\n(?:.*\n)+?\};\n)', '\\1' + RDISTS_CALL)],
    'drivers/tty/serial/earlycon.c': [
        (r'^(static struct earlycon_device early_console_dev = \{\n'
         r'[^}]*\};\n)', '\\1' + EARLYCON)],
    'include/linux/serial_core.h': [
        (r'^(struct earlycon_device \{\n(?:.+\n)+?\};\n)',
         '\\1' + EARLYCON_CALL)],
}
