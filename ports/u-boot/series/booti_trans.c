/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The words of booti as trans kexec takes them; comes back if it refuses */
static int booti_trans(int argc, char *const argv[])
{
	ulong size = 0, addr = argc > 1 ? hextoul(argv[1], NULL) : image_load_addr;
	char kernel[2 * sizeof("ffffffffffffffff")];
	char *words[4];

	if (argc > ARRAY_SIZE(words))
		return CMD_RET_USAGE;
	if (image_decomp_type(map_sysmem(addr, 2), 2) > 0) {
		size = env_get_ulong("kernel_comp_size", 16, 0);
		if (!size) {
			puts("kernel_comp_size is not provided!\n");
			return CMD_RET_FAILURE;
		}
	}
	snprintf(kernel, sizeof(kernel), size ? "%lx:%lx" : "%lx", addr, size);
	memcpy(words, argv, argc * sizeof(*argv));
	words[1] = kernel;

	return port_do_kexec(NULL, 0, max(argc, 2), words);
}
