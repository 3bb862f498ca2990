#!/bin/busybox sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# /init of a guest that hibernates: a live workload, put to sleep and, once
# awake again, asked whether anything is not as it was. Words of the kernel's
# command line:
#	tt.cycles=N          hibernate N times, then power off in order
#	tt.swap=BYTES        size of the swap disk, by which it is found
#	tt.part=N            the swap is a partition of that disk
#	tt.offset=N          in pages: the swap is a file on that disk, or on
#	                     that partition
#	tt.cpus=N            how many CPUs there must be, before and after
#	tt.compressor=lz4    hibernate.compressor is this: load its module
#	tt.efi               EFI booted it: its variables are read, before and
#	                     after
#	tt.pci               there are PCI devices, whose interrupts are MSIs: a
#	                     network, a random number generator, NVMe; each is
#	                     put to work, from each CPU, before and after
#	tt.usb               likewise a disk behind xHCI
#	tt.sidecar=DIR       systemd's hook leaves a sidecar there: in /disk, or
#	                     in /boot, which is partition 1 of the swap disk
#	tt.location=UUID     say it in systemd's variable, as systemd does;
#	                     swap: the swap space's own UUID
#	tt.reboot            at the end start the machine again
#	tt.luks              the swap is in LUKS, which is made if need be; who
#	                     opens it, and with which key, is in /luks. What
#	                     is asleep there is resumed
#	tt.resume            do not work: have this kernel resume from the disk

bad=0

check() { # name, then a command that succeeds when all is well
	name=$1
	shift
	if "$@"; then
		echo "CHECK $name ok"
	else
		echo "CHECK $name BAD: $why"
		bad=$((bad + 1))
	fi
}

finish() {
	if [ $bad = 0 ]; then
		echo "SLEEPER: PASS"
	else
		echo "SLEEPER: FAIL ($bad checks)"
	fi
	[ -z "$reboot" ] || exec reboot -f
	exec poweroff -f
}

give_up() {
	why=$*
	check "$1" false
	finish
}

setup() {
	/bin/busybox mkdir -p /proc /sys /dev /run /disk /swap
	/bin/busybox --install -s /bin
	export PATH=/bin
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	[ -c /dev/ttyAMA0 ] || mount -t devtmpfs dev /dev
	mount -t tmpfs run /run
	echo
	cycles=1 swap= part= offset= cpus=1 compressor= efi= location= pci= usb=
	resume= reboot= sidecar= luks=
	for word in $(cat /proc/cmdline); do
		case $word in
		tt.resume) resume=1 ;;
		tt.efi) efi=1 ;;
		tt.pci) pci=1 ;;
		tt.usb) usb=1 ;;
		tt.reboot) reboot=1 ;;
		tt.luks) luks=1 ;;
		tt.*) eval "${word#tt.}" ;;
		esac
	done
	for module in $(cat /modules/order ${pci:+/modules/pci-order} \
			${usb:+/modules/usb-order}); do
		insmod /modules/$module || give_up "insmod $module"
	done
}

# The disk of $swap bytes, and the other one.
find_disks() {
	for disk in vda vdb; do
		if [ $(($(cat /sys/block/$disk/size) * 512)) = "$swap" ]; then
			swap_disk=$disk
		else
			data_disk=$disk
		fi
	done
	[ "$swap_disk" ] && [ "$data_disk" ] || give_up "no such disks"
}

# Where Linux looks for an image, or is to write one. Telling it makes it look
# at once: without an image that is an error, and all is well.
tell_resume() {
	[ -z "$offset" ] || echo "$offset" >/sys/power/resume_offset
	cat /sys/block/$swap_disk/${part:+$swap_disk$part/}dev >/sys/power/resume
}

# As systemd's initrd does: who resumes forgets before where it was. (efivarfs
# keeps people from removing what it does not know.)
open_luks() {
	for module in $(cat /luks/order); do
		insmod /luks/$module || give_up "insmod $module"
	done
	cryptsetup isLuks $swap_file || cryptsetup -q luksFormat \
		--key-size 256 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
		$swap_file /luks/key || give_up "luksFormat"
	cryptsetup open --key-file /luks/key $swap_file swap ||
		give_up "cryptsetup open"
	swap_file=/dev/mapper/swap
	if [ -e $variable ]; then
		echo "SLEEPER: the variable is there"
		chattr -i $variable && rm $variable || give_up "rm $variable"
	fi
	cat /sys/block/dm-0/dev >/sys/power/resume 2>/dev/null
}

mount_disks() {
	swap_file=/dev/$swap_disk$part
	[ -z "$luks" ] || open_luks
	if [ "$offset" ]; then
		mount -t ext4 $swap_file /swap || give_up "mount swap"
		swap_file=/swap/swapfile
		tell_resume 2>/dev/null
	fi
	mkswap $swap_file >/dev/null && swapon $swap_file ||
		give_up "swapon $swap_file"
	mount -t ext4 /dev/$data_disk /disk || give_up "mount data"
	exec 4>>/disk/log
	[ "$sidecar" != /boot ] || mount_boot
}

mount_boot() {
	mkdir /boot
	mount -t ext4 /dev/${swap_disk}1 /boot || give_up "mount /boot"
}

# As systemd does; the journal is the log.
hook() { # pre, post
	[ "$sidecar" ] || return 0
	printf '#!/bin/sh\ndmesg | sed "s/^[[][^]]*[]] //"\n' >/bin/journalctl
	chmod 755 /bin/journalctl
	SIDECAR=$sidecar/trans_table.sidecar sh /hook $1 hibernate
}

# Firmware's variables: each look at one is a call of its runtime services.
mount_efi() {
	mkdir -p /efi
	insmod /modules/efivarfs.ko && mount -t efivarfs efi /efi ||
		give_up "mount efivarfs"
	variables=$(efi_variables)
	[ "$variables" ] || give_up "no EFI variables"
}

# MTC counts firmware's starts (UEFI specification, 8.5.2).
efi_variables() {
	ls /efi/* | grep -v -e /MTC- -e /HibernateLocation- | xargs cat |
		sha256sum
}

# Firmware answers as before, and so does its clock (GetTime), if it has one.
firmware_works() {
	equal "$(efi_variables)" "$variables" || return 1
	rtc=$(grep -l rtc-efi /sys/class/rtc/*/name)
	[ "$rtc" ] || return 0
	now=$(cat ${rtc%/name}/since_epoch)
	why="firmware's clock says '$now'"
	[ "$now" -gt 1600000000 ]
}

mount_pci() {
	ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up || give_up "no network"
	rng=/sys/class/misc/hw_random
	echo virtio_rng.0 >$rng/rng_current || give_up "no virtio-rng"
	soon 100 [ -b /dev/nvme0n1 ] || give_up "no NVMe"
	[ -z "$usb" ] || soon 300 [ -b /dev/sda ] || give_up "no USB"
	pci_works
	[ $bad = 0 ] || finish
}

# ---- the workload ------------------------------------------------------------

counter() { # counts for ever, in a variable; says how far it is
	i=0
	while usleep 20000; do
		i=$((i + 1))
		echo $i >/run/counter.$1.new
		mv /run/counter.$1.new /run/counter.$1
	done
}

begin() {
	secret=$(head -c 16 /dev/urandom | hexdump -v -e '1/1 "%02x"')
	boot_id=$(cat /proc/sys/kernel/random/boot_id)
	echo $secret >/run/secret
	head -c 4000000 /dev/urandom >/run/blob
	head -c 2000000 /dev/zero >>/run/blob
	cat /bin/busybox >>/run/blob
	sum=$(sha256sum </run/blob)
	for n in 1 2 3; do
		counter $n &
		eval "counter_$n=$!"
	done
	while ! [ -e /run/counter.3 ]; do
		usleep 10000
	done
}

line() { # to the disk, through a file that stays open
	echo "$*" >&4
	lines="$lines$*
"
}

set_timer() { # it must go off, but only when the machine is awake again
	rm -f /run/timer
	(sleep 2; echo rang >/run/timer) &
	timer=$!
}

# Four bytes of attributes, then a JSON object in UCS-2 (systemd 254 and later,
# src/shared/hibernate-util.c).
variable=/efi/HibernateLocation-8cf2644b-4b0b-428f-9387-6d876050dc67

say_location() {
	[ "$location" != swap ] || location=$(dd if=$swap_file bs=4 skip=259 \
		count=4 2>/dev/null | hexdump -v -e '1/1 "%02x"')
	text="{\"uuid\":\"$location\",\"offset\":${offset:-0},\
\"kernelVersion\":\"$(uname -r)\"}"
	{
		printf '\7\0\0\0'
		while [ "$text" ]; do
			printf '%c\0' "$text"
			text=${text#?}
		done
		printf '\0\0'
	} >/run/location
	cat /run/location >$variable || give_up "write $variable"
}

# efivarfs goes on listing what the firmware was made to forget; the file is
# empty then.
location_is_gone() {
	why="the variable is still there"
	[ -z "$(hexdump $variable 2>/dev/null)" ]
}

# SetVariable, with a name of nobody's.
variable_is_kept() {
	probe=/efi/SleeperProbe-${variable#*-}
	cat /run/location >$probe
	why="a variable that was written reads otherwise"
	cmp -s /run/location $probe
}

asleep() { # $1: which cycle
	[ -z "$location" ] || say_location
	before=$(cat /run/counter.1)
	line "before $1 $secret"
	started=$(uptime_ms)
	hook pre
	sync
	echo "SLEEPER: cycle $1, going to sleep"
	echo shutdown >/sys/power/disk
	set_timer
	echo disk >/sys/power/state || give_up "echo disk"
	echo "SLEEPER: awake"
	hook post
}

uptime_ms() {
	read -r up rest </proc/uptime
	echo $((${up%.*} * 1000 + 1${up#*.} * 10 - 1000))
}

# ---- the proof ---------------------------------------------------------------

equal() { # have, want
	why="is '$1', not '$2'"
	[ "$1" = "$2" ]
}

more() { # have, than
	why="is $1, not more than $2"
	[ "$1" -gt "$2" ]
}

# Within so many tenths of a second.
soon() { # tenths, command
	deadline=$(($(uptime_ms) + $1 * 100))
	shift
	while ! "$@"; do
		[ $(uptime_ms) -lt $deadline ] || return 1
		usleep 20000
	done
}

counts_on() {
	for n in 1 2 3; do
		eval "pid=\$counter_$n"
		why="counter $n, process $pid, is gone"
		kill -0 $pid || return 1
		soon 50 more "$(cat /run/counter.$n)" "$before" || return 1
		at=$(cat /run/counter.$n)
		soon 50 counted_past $n $at || return 1
	done
}

counted_past() {
	more "$(cat /run/counter.$1)" "$2"
}

timer_rings() {
	why="the timer never rang"
	soon 100 [ -e /run/timer ] && wait $timer
}

disk_holds() {
	equal "$(cat /disk/log)
" "$lines"
}

swap_is_on() {
	why="not in /proc/swaps"
	grep -q "$swap_file" /proc/swaps
}

# Every CPU takes its interrupts and does its work.
cpus_work() {
	equal "$(grep -c ^processor /proc/cpuinfo)" "$cpus" || return 1
	for n in $(seq 0 $((cpus - 1))); do
		why="CPU $n does not run"
		timeout 5 taskset $((1 << n)) true || return 1
	done
}

# An interrupt that nobody asks for again after a hibernation: a shared one of
# the distributor, which GICv3's driver does not restore.
alarm_rings() {
	# Firmware's own clock wakes nobody.
	rtc=$(grep -L rtc-efi /sys/class/rtc/*/name | head -n 1)
	rtc=${rtc%/name}
	[ -e "$rtc/wakealarm" ] || return 0
	count=$(alarms)
	# On a slow machine the second is over before the alarm is set.
	for try in 1 2 3; do
		echo 0 >$rtc/wakealarm
		echo +$try >$rtc/wakealarm
		soon 25 alarmed_past "$count" && return 0
	done
	return 1
}

alarms() {
	awk '/rtc/ { for (i = 2; i <= 9 && $i ~ /^[0-9]+$/; i++) n += $i }
	     END { print n + 0 }' /proc/interrupts
}

alarmed_past() {
	more "$(alarms)" "$1"
}

# What is waited for may never come, and a process that waits for a disk cannot
# be killed.
within() { # tenths, command
	limit=$1
	shift
	rm -f /run/within
	("$@" && : >/run/within) &
	why="no answer within $((limit / 10)) s, or a wrong one"
	soon $limit [ -e /run/within ]
}

each_cpu() { # command, which finds the CPU's number in $cpu
	for cpu in $(seq 0 $((cpus - 1))); do
		"$@" || return 1
	done
}

on_cpu() {
	taskset $((1 << cpu)) "$@"
}

ping_works() {
	on_cpu ping -c 1 -w 15 10.0.2.2 >/dev/null
}

# More than Linux keeps in store.
rng_works() {
	on_cpu head -c 2048 /dev/hwrng >/run/random
	[ $(stat -c %s /run/random) = 2048 ]
}

# Written, on the disk for sure, and read again from there.
disk_works() { # file or device, offset in units of 64 KiB
	head -c 131072 /dev/urandom >/run/probe
	on_cpu dd if=/run/probe of=$1 bs=64k seek=$2 conv=notrunc,fsync \
		2>/dev/null
	echo 3 >/proc/sys/vm/drop_caches
	on_cpu dd if=$1 of=/run/read bs=64k skip=$2 count=2 2>/dev/null
	cmp -s /run/probe /run/read
}

pci_works() {
	check ping within 600 each_cpu ping_works
	check rng within 600 each_cpu rng_works
	check disk-nvme within 600 each_cpu disk_works /dev/nvme0n1 7
	check disk-data within 600 each_cpu disk_works /disk/probe 0
	check disk-swap within 600 swap_disk_works
	[ -z "$usb" ] || check disk-usb within 600 each_cpu disk_works /dev/sda 7
}

# Nobody may write to swap space that is in use, and what is free of it is free.
swap_disk_works() {
	swapoff $swap_file && each_cpu disk_works $swap_file 7 &&
		swapon $swap_file
}

no_warning() { # a kernel that hit a BUG or a WARN says so in tainted
	equal "$(cat /proc/sys/kernel/tainted)" "$tainted"
}

awake() { # $1: which cycle
	line "after $1"
	check secret equal "$secret" "$(cat /run/secret)"
	check same-boot equal "$(cat /proc/sys/kernel/random/boot_id)" "$boot_id"
	check blob equal "$(sha256sum </run/blob)" "$sum"
	check cpus cpus_work
	check counters counts_on
	check timer timer_rings
	check uptime more "$(uptime_ms)" "$started"
	check disk disk_holds
	check swap swap_is_on
	check alarm alarm_rings
	[ -z "$pci" ] || pci_works
	[ -z "$efi" ] || check efi firmware_works
	[ -z "$location" ] || check location location_is_gone
	[ -z "$location" ] || check set-variable variable_is_kept
	check tainted no_warning
	echo "SLEEPER: cycle $1 done"
}

# ---- main --------------------------------------------------------------------

setup
find_disks
if [ "$resume" ]; then
	tell_resume
	give_up "this kernel did not resume"
fi
tainted=$(cat /proc/sys/kernel/tainted)
[ -z "$efi" ] || mount_efi
mount_disks
[ -z "$pci" ] || mount_pci
begin
dmesg | sed -n 's/.*\(CPU: All CPU(s) started at EL[0-9]\).*/linux: \1/p'
dmesg | sed -n 's/.*GICv3: \(.*LPI .* table @.*\)/linux: \1/p'
cycle=0
while [ $cycle -lt $cycles ]; do
	cycle=$((cycle + 1))
	asleep $cycle
	awake $cycle
	[ $bad = 0 ] || finish
done
kill $counter_1 $counter_2 $counter_3
wait
exec 4>&-
sync
why="still in use"
check umount soon 50 umount /disk # children of the counters hold it, too
finish
