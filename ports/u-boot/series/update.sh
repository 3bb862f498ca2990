#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# Makes upstream/, beside this script, what a checkout of trans_table has.
# Nothing in it is written by hand.
set -e

if [ ! -e "$1/sources.mk" ]; then
	echo "usage: $0 <checkout of trans_table>" >&2
	exit 1
fi
into=$(dirname "$0")/upstream
rm -rf "$into"
mkdir -p "$into"
git -C "$1" ls-files -z -- LICENSE sources.mk include lib trans kexec \
	hibernate ':!hibernate/snapshot' |
	tar -C "$1" --null -T - -c | tar -C "$into" -x
