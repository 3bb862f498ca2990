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

free_kib() {
	echo 3 >/proc/sys/vm/drop_caches
	sed -n 's/MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo
}

# What stays loaded of the others would be missed.
several() {
	load -p crashed wrong
	load -l arrived first
	kexec -u
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
do= how= ways= sent=
for word in $(cat /proc/cmdline); do
	case $word in
	tt.*) eval "${word#tt.}" ;;
	esac
done
dmesg | sed -n 's/.*\(All CPU(s) started at EL[0-9]\).*/LINUX: \1/p'
dmesg | sed -n 's/.*\(VHE mode\|nVHE mode\|Hyp mode\).*/LINUX: \1/p'
case $do in
figures) figures ;;
kexec | flip | several | crash)
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
	refuse
	say done
	;;
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
