#!/bin/busybox sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# /init of the kernels of `make linux`. Words of the command line:
#	tt.do=figures       read files of trans_pgd/ in debugfs: tt.ways=a,b,...
#	tt.do=kexec         start /kernel with /initrd: tt.how=-s or -c
#	tt.do=arrived       the second kernel: is all as it was sent?
#	tt.do=hibernate     go to sleep, and once awake: is all as it was?
#	tt.do=wake          have this kernel resume
#	tt.do=flip          likewise, with a bit of it changed after the load
#	tt.do=several       load, again, unload, load, beside a crash kernel
#	tt.do=refuse        load what cannot be
#	tt.do=fail          load, each allocation failing in turn, then kexec;
#	                    tt.files=y: by kexec_file_load
#	tt.do=fail_wake     resume likewise, until it does
#	tt.do=crash         panic, with /kernel loaded for that: tt.how
#	tt.do=crashed       the crash kernel: is memory in /proc/vmcore?
#	tt.do=nothing

say() {
	echo "LINUX: $*"
}

same_data() {
	(cd "$1" && sha256sum -c -s sums) || say "BAD: data in $1"
}

figures() {
	mount -t debugfs debugfs /sys/kernel/debug
	for way in $(echo "$ways" | tr , ' '); do
		cat "/sys/kernel/debug/trans_pgd/$way" || say "BAD: $way"
	done
	say done
}

# Words of the next kernel's, instead of ours.
words_for() {
	sed "s/tt.do=[a-z]*/tt.do=$1/; s/crashkernel=[^ ]*//" /proc/cmdline
}

load() {
	kexec "$how" "$1" /kernel --initrd=/initrd \
		--command-line="$(words_for "$2") tt.sent=$3" ||
		say "BAD: kexec $1"
}

go() {
	say loaded
	kexec -e -x
	say "BAD: did not leave"
}

leave() {
	load -l arrived "$sent"
	go
}

# A CPU keeps pages that were freed on lists of its own, megabytes of them.
keep_few() {
	echo 100000 >/proc/sys/vm/percpu_pagelist_high_fraction
}

free_kib() {
	echo 3 >/proc/sys/vm/drop_caches
	sed -n 's/MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo
}

# What stays loaded of the others would be missed.
several() {
	load -p crashed wrong
	load -l arrived first
	kexec -u
	keep_few
	before=$(free_kib)
	load -l arrived wrong
	load -l arrived again
	kexec -u
	[ "$(cat /sys/kernel/kexec_loaded)" = 0 ] || say "BAD: not unloaded"
	[ "$(cat /sys/kernel/kexec_crash_loaded)" = 1 ] ||
		say "BAD: no crash kernel"
	lost=$((before - $(free_kib)))
	[ "$lost" -lt 4096 ] || say "BAD: $lost KiB less are free"
	load -l arrived "$sent"
	kexec -u -p
	go
}

# The kernel's own fault injection: any allocation can fail, by the file
# fail-nth of a task in /proc. Without words, there would be thousands.
can_fail() {
	mount -t debugfs debugfs /sys/kernel/debug
	for kind in /sys/kernel/debug/failslab /sys/kernel/debug/fail_page_alloc; do
		echo 0 >$kind/verbose
		echo N >$kind/ignore-gfp-wait
		[ ! "$1" ] || below "$kind" "$1"
	done
	echo N >$kind/ignore-gfp-highmem
	echo 0 >$kind/min-order
}

# Only what is called from a function.
below() {
	range=$(sed -n "/ $2\$/{s/ .*//p;n;s/ .*//p}" /proc/kallsyms)
	echo "0x${range%?????????????????}" >"$1/require-start"
	echo "0x${range#?????????????????}" >"$1/require-end"
}

# What is freed is free at once, also with KASAN; but for a few pages that each
# CPU keeps on lists of its own (keep_few).
free_all_kib() {
	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 >"$cache"
	done
	free_kib
}

fail_both() {
	if [ "$files" ]; then
		fail file image
		fail file crash
	else
		fail 42000000 image
		fail "$crash" crash
	fi
}

# A load that fails leaves nothing behind, by tt.rounds of them: a page that one
# of a round keeps is seen.
fail_loads() {
	can_fail
	keep_few
	crash=$(sed -n 's/^ *\([0-9a-f]*\)-.*: Crash kernel$/\1/p' /proc/iomem)
	fail_both
	before=$(free_all_kib)
	for round in $(seq "$rounds"); do
		fail_both
	done
	say "$((before - $(free_all_kib))) KiB less are free"
	leave
}

# Whoever looks at an image takes its mark away, which is on the first page.
fail_wake() {
	can_fail swsusp_arch_resume
	dev=$(cat /sys/block/vda/dev)
	dd if=/dev/vda of=/tmp/first bs=4096 count=1 2>/dev/null
	nth=0 left=0
	while [ "$left" = 0 ] && [ $nth -lt 100 ]; do
		nth=$((nth + 1))
		echo $nth >/proc/self/fail-nth
		echo "$dev" >/sys/power/resume
		read -r left </proc/self/fail-nth
		echo 0 >/proc/self/fail-nth
		say "allocation $nth of the resume failed, $left left"
		dd if=/tmp/first of=/dev/vda bs=4096 conv=fsync 2>/dev/null
	done
	say "BAD: did not resume"
}

# The property table, if LPIs are on.
lpi_table() {
	dmesg | sed -n 's/.*using LPI property table @0x0*//p'
}

# Nobody wrote this but the memory of this kernel.
secret_of() {
	echo "secret of $1" | sha256sum | cut -c 1-64
}

crash() {
	secret=$(secret_of "$sent")
	echo "$secret" >/tmp/secret
	load -p crashed "$sent"
	say loaded
	sleep 1 # a panic leaves on the way what was not yet written
	[ -e /proc/sysrq-trigger ] || exit # init that ends is a panic
	echo c >/proc/sysrq-trigger
	say "BAD: did not panic"
}

crashed() {
	[ "$(head -c 4 /proc/vmcore | tail -c 3)" = ELF ] &&
		say "vmcore is an ELF core"
	tr -d '\0' </proc/vmcore | grep -q "$(secret_of "$sent")" &&
		say found in vmcore
}

hibernate() {
	secret=$(head -c 16 /dev/urandom | sha256sum)
	echo "$secret" >/tmp/secret
	cp /data/* /tmp
	mkswap /dev/vda >/dev/null
	swapon /dev/vda
	say asleep soon
	echo shutdown >/sys/power/disk
	echo disk >/sys/power/state || say "BAD: hibernation failed"
	same_data /tmp
	[ "$secret" = "$(cat /tmp/secret)" ] || say "BAD: secret"
	say "awake, up $(cut -d. -f1 /proc/uptime) s"
}

/bin/busybox mkdir -p /proc /sys /dev /tmp
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
echo 7 >/proc/sys/kernel/printk
do= how= ways= sent= rounds= files=
for word in $(cat /proc/cmdline); do
	case $word in
	tt.*) eval "${word#tt.}" ;;
	esac
done
dmesg | sed -n 's/.*\(All CPU(s) started at EL[0-9]\).*/LINUX: \1/p'
dmesg | sed -n 's/.*\(VHE mode\|nVHE mode\|Hyp mode\).*/LINUX: \1/p'
case $do in
figures) figures ;;
kexec | flip | several | crash | fail)
	sent=$(head -c 16 /dev/urandom | sha256sum | cut -c 1-32)
	say "sent $sent"
	;;
esac
case $do in
kexec) leave ;;
flip)
	load -l arrived "$sent"
	mount -t debugfs debugfs /sys/kernel/debug
	cat /sys/kernel/debug/kexec_trans/flip || say "BAD: flip"
	go
	;;
several) several ;;
refuse)
	refuse "$(lpi_table)"
	say done
	;;
fail) fail_loads ;;
fail_wake) fail_wake ;;
crash) crash ;;
crashed) crashed ;;
arrived)
	same_data /data
	say "arrived $sent"
	;;
hibernate) hibernate ;;
wake)
	cat /sys/block/vda/dev >/sys/power/resume
	say "BAD: did not resume"
	;;
esac
dmesg | sed -n 's/.*\(\(trans_pgd\|kexec_trans\): .*\)/LINUX: \1/p'
dmesg | sed -n 's/.*\(WARNING:.*\|BUG:.*\|Oops.*\)/LINUX: BAD: \1/p'
[ "$(cat /proc/sys/kernel/tainted)" = 0 ] || say "BAD: tainted"
poweroff -f
