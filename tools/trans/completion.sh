# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
#
# Completion of trans for bash: commands, their options, files.

_trans()
{
	local at=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	local words="image plan table --help --version"

	if ((COMP_CWORD > 1)); then
		case $before in
		--el) words="1 2" ;;
		--page) words="4K 16K 64K" ;;
		--regime) words="el1 el2 el2-0" ;;
		--anyway) words="efi cpu lpis" ;;
		*) case ${COMP_WORDS[1]} in
			image) words="--header --verify --log --page --find --elf --discard --yes --like --cpu --el --anyway --svg --json --help" ;;
			plan) words="--ram --reserve --host --kernel-at --initrd-at --relocate --cpu --el --page --bootargs --verify --svg --json --help" ;;
			table) words="--base --ttbr --tcr --mair --tcr2 --pir --pire0 --sctlr --mmfr0 --regime --lower --query --stats --diff --diff-ttbr --range --svg --json --help" ;;
			esac
			[[ $at == -* ]] || words= ;;
		esac
	fi
	COMPREPLY=($(compgen -W "$words" -- "$at"))
}
complete -o default -F _trans trans
