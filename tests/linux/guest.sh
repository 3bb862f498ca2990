#!/bin/busybox sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# /init of the kernels of `make linux`. Words of the command line:
#	tt.do=figures       read files of trans_pgd/ in debugfs: tt.ways=a,b,...
#	tt.do=kexec         start /kernel with /initrd: tt.how=-s or -c
#	tt.do=arrived       the second kernel: is all as it was sent?
#	tt.do=hibernate     go to sleep, and once awake: is all as it was?
#	tt.do=wake          have this kernel resume
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

leave() {
	kexec "$how" -l /kernel --initrd=/initrd --command-line="$(sed \
		's/tt.do=kexec/tt.do=arrived/' /proc/cmdline) tt.sent=$sent" ||
		say "BAD: kexec -l"
	say loaded
	kexec -e -x
	say "BAD: did not leave"
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
kexec)
	sent=$(head -c 16 /dev/urandom | sha256sum | cut -c 1-32)
	say "sent $sent"
	leave
	;;
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
dmesg | sed -n 's/.*\(trans_pgd: .*\)/LINUX: \1/p'
dmesg | sed -n 's/.*\(WARNING:.*\|BUG:.*\|Oops.*\)/LINUX: BAD: \1/p'
[ "$(cat /proc/sys/kernel/tainted)" = 0 ] || say "BAD: tainted"
poweroff -f
