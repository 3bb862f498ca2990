#!/bin/busybox sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# /init of the test initramfs: looks, from inside the Linux that was jumped
# into, for any sign of damage on the way, and says so on the console.
# tests/lab/payload.py puts what is expected beside it in /expected/.

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

# Byte for byte, with a trailing NUL or newline left aside, and a mem= that
# keeps Linux from using 2 TiB of RAM that nobody has.
same() { # file, expected text
	have=$(tr -d '\000' <"$1" 2>/dev/null | sed 's/ mem=512M$//')
	why="is '$have', not '$2'"
	[ "$have" = "$2" ]
}

present() {
	why="$1 is missing"
	[ -e "$1" ]
}

# Nobody wants to deceive it, and SHA-256 takes 1.7 times as long.
data_intact() {
	why="md5sum of /data.bin differs"
	md5sum -c -s /expected/md5
}

# The initrd that the tree names must be as long as what was sent.
initrd_length() {
	len=$(($(be64 initrd-end) - $(be64 initrd-start)))
	why="is $len bytes, not $1"
	[ "$len" = "$1" ]
}

# Where EFI's services were handed on, its clock is one that firmware reads.
efi_answers() {
	why="firmware's clock says $(cat /sys/class/rtc/rtc0/since_epoch)"
	[ "$(cat /sys/class/rtc/rtc0/since_epoch)" -gt 1600000000 ]
}

be64() { # one or two cells, as the loader's libfdt wrote them
	printf '%d' "0x$(hexdump -v -e '1/1 "%02x"' "$chosen/linux,$1")"
}

/bin/busybox mkdir -p /proc /sys /dev
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
echo 1 >/proc/sys/kernel/printk # from here on the console is ours
echo

chosen=/proc/device-tree/chosen
check data data_intact
check cmdline same /proc/cmdline "$(cat /expected/cmdline)"
if ! [ -d /sys/firmware/acpi ]; then # else the tree is not unpacked
	check bootargs same $chosen/bootargs "$(cat /expected/cmdline)"
	check initrd-start present "$chosen/linux,initrd-start"
	check initrd-length initrd_length $(cat /expected/initrd-length)
	check booted-from-kexec present "$chosen/linux,booted-from-kexec"
fi
[ ! -d /sys/firmware/efi ] || check efi efi_answers
check untainted same /proc/sys/kernel/tainted 0

dmesg | sed -n 's/.*\(CPU: All CPU(s) started at EL[0-9]\).*/linux: \1/p'
echo "linux: figure cpus $(grep -c '^processor' /proc/cpuinfo) cpus"
awk '/^MemTotal/ { print "linux: figure memory", $2, "KiB" }' /proc/meminfo
awk '{ print "linux: figure uptime", $1, "s" }' /proc/uptime
if [ $bad = 0 ]; then
	echo "TRANS-TABLE-LINUX: PASS"
else
	echo "TRANS-TABLE-LINUX: FAIL ($bad checks)"
fi
poweroff -f
