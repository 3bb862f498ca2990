# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# The budgets, measured (docs/budgets.md).

# Linux's file as Linux would build it, against our shim.
SHIM := tests/bench/linux-shim
bench_objs = $(patsubst %,$(N)/obj/%.o,$(basename $(1)))
BENCH_LIB := $(call bench_objs,$(LIB) $(TRANS) $(FAKES))
BENCH_COPY := $(call bench_objs,tests/bench/copy.c tests/bench/world.c \
	$(SHIM)/glue.c) $(addprefix $(N)/obj/,scalar.o best.o trans_pgd.o)

$(N)/obj/scalar.o: FLAGS = $(WARN) -DSTREAM=stream_scalar -fno-tree-vectorize
$(N)/obj/best.o: FLAGS = $(WARN) -DSTREAM=stream_best -O3 -march=native
$(N)/obj/scalar.o $(N)/obj/best.o: tests/bench/stream.c $(RECIPES) | $(FETCHED)
	$(compile)

$(B)/linux-source/trans_pgd.c: | $(B)/stamp/trans_pgd
$(N)/obj/trans_pgd.o: FLAGS = -fno-strict-aliasing -w -I$(SHIM)
$(N)/obj/trans_pgd.o: $(B)/linux-source/trans_pgd.c $(RECIPES) | $(FETCHED)
	$(compile)

$(N)/copy: $(BENCH_COPY) $(BENCH_LIB)
$(N)/sparse: $(call bench_objs,tests/bench/sparse.c) $(BENCH_LIB)
$(N)/copy $(N)/sparse:
	$(call say,HOSTLD)
	$(Q)gcc -Wl,--gc-sections $^ -o $@

# The image reader alone, and the tests' builder.
$(N)/swsusp: $(call bench_objs,tests/bench/swsusp.c tests/unit/support/swsusp_image.c \
		$(wildcard lib/machine/arch/fake/*.c) $(addprefix lib/,bytes.c \
		fail.c sha256.c text.c) $(wildcard hibernate/swsusp/*.c))
	$(call say,HOSTLD)
	$(Q)gcc -Wl,--gc-sections $^ -llzo2 -llz4 -o $@

# All of kexec and hibernate, and the tests' machine.
$(N)/hostile: $(call bench_objs,$(addprefix tests/bench/,hostile.c hostile_kernel.c) \
		$(addprefix tests/unit/support/,resume_world.c workers.c memory.c files.c \
		kexecs.c saved_kernels.c) $(GUNZIP) \
		$(LIB) $(TRANS) $(KEXEC) $(HIBERNATE) $(FAKES)) \
		$(call fdt_objs,$(N)) $(call zlib_objs,$(N))
	$(call say,HOSTLD)
	$(Q)gcc -Wl,--gc-sections $^ -lcmocka -o $@

# What real images cost: tests/resume/look.c, optimized.
$(N)/look: $(call bench_objs,tests/resume/look.c $(UNLZO) $(UNLZ4) \
		$(LIB) $(TRANS) $(HIBERNATE) $(FAKES)) \
		$(addprefix $(N)/obj/,lzo/patched.o lz4/lz4.o)
	$(call say,HOSTLD)
	$(Q)gcc -Wl,--gc-sections $^ -o $@

# The core again, with what the compiler says of calls and frames beside it.
BENCH_CORE := $(patsubst $(A)/obj/%,$(N)/core/%,$(CORE_OBJS))

$(filter %/blob_image.o,$(BENCH_CORE)): $(A)/blob.bin

$(N)/mover.elf: $(N)/core/tests/bench/mover.o \
		$(A)/obj/trans/transition/blob/primitives.o
	$(call say,LD)
	$(Q)$(LD) -static --gc-sections -Ttext=0x40080000 -e _start $^ -o $@

.PHONY: bench
bench: $(N)/copy $(N)/sparse $(N)/swsusp $(N)/mover.elf $(BENCH_CORE) ## the budgets, measured (build/bench.json; docs/budgets.md)
	@tests/bench/bench.py --tools $(CROSS_COMPILE) --dir $(N) \
		--json $(B)/bench.json $(BENCH_CORE)
	@$(MAKE) --no-print-directory bench-kexec bench-resume bench-efi bench-hostile bench-ask

.PHONY: bench-kexec bench-resume bench-load bench-workers bench-efi bench-hostile bench-ask bench-removal
bench-removal: | setup ## what each capability of the tables costs, in bytes of code
	@tests/bench/removal.py --tools $(CROSS_COMPILE) --dir $(B)/removal \
		--compiler "$(CROSS_COMPILE)gcc $(ARM_FLAGS) -Iinclude -I." $(TABLES)
bench-ask: $(N)/look | setup ## what asking a saved kernel costs, in instructions of a load
	@tests/lab/setup --with valgrind
	@tests/bench/ask.py $<
bench-hostile: $(N)/hostile | setup ## inputs made to take time, in instructions beside honest ones
	@tests/lab/setup --with valgrind
	@tests/bench/hostile.py $<

bench-resume: all | setup ## Linux woken, in seconds, beside Linux waking itself (RUN='--large')
	@tests/bench/resume.py $(RUN)

# A plugin of QEMU, as mk/hazard.mk's.
$(N)/count.so: tests/bench/count.c tests/hazard/api.h $(RECIPES) | $(FETCHED)
	$(call say,PLUGIN)
	@mkdir -p $(@D)
	$(Q)gcc -std=gnu11 -O2 -fPIC -shared -fvisibility=hidden $(WARN) $< -o $@

bench-load: all | setup ## where the time of a resume goes, in milliseconds and instructions (RUN='--large')
	@tests/bench/load.py $(RUN)

bench-workers: all | setup ## what other CPUs gain a load in the reference port, and cost without cores for them (RUN='--large')
	@tests/bench/workers.py $(RUN)

bench-efi: efi payload $(N)/count.so | efi-lab ## the EFI application beside Linux's own way, in instructions and seconds
	@tests/bench/efi.py

bench-kexec: all payload $(B)/stamp/kexec-tools ## a kexec in instructions, beside Linux's own
	@tests/bench/kexec.py
