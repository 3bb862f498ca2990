# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Every string that the port or Linux prints and a test looks for: they stand
here and nowhere else."""

PASS = r'^TRANS-TABLE-LINUX: PASS$'
ANY_LINUX = r'Booting Linux on physical CPU'
BAD_CHECK = r'^CHECK \S+ BAD.*'
STARTED_AT = r'CPU: All CPU\(s\) started at EL{}'
REFUSED = r'^port: refused {}\b.*'
ANY_REFUSAL = r'^port: refused .*'
STILL_RUNNING = r'^port: still running, 0 pages lost$'
ABOUT_TO_JUMP = r'^port: kexec, bye$'
OVER_PORT = r"^port: kernel destination overlaps the port's {}$"
OVER_THE_PORT = [OVER_PORT.format(part) for part in ('text', 'rodata')]
EACH_REFUSED = r'^port: fail-alloc=all: [1-9]\d* refusals, 0 pages lost$'
BLOB_FAULT = r'^trans: fault esr='
MOVING = r'^trans: moves=\S+ M'
MOVED_ALL = r'^trans: moves=\S+ MD'
UNKNOWN_OPTION = r'^port: unknown option.*'
FIGURE = r'^(?:port|linux): figure (\S+) (\S+) ?(\S*)$'
BY_MOPS = r'^port: moves by FEAT_MOPS: yes'
LINUX_CPUS = r'^linux: figure cpus {} cpus$'
WORKERS = r'^port: figure workers {} cpus$'
CPUS_SLEEP = r'^port: figure cpus_sleep {} cpus$'
WAITS_FOR_RESET = (r'^port: the image stays, nothing is booted before a '
                   r'reset$')
LPI_CPUS = r'^port: figure lpi_cpus {} cpus$'
LPIS_BY = r'^plan: LPI tables 0x\w+ 0x\w+, CPUs \d+, by its {}$'
CPUS_OFF = r'^port: figure cpus_off {} cpus$'
LPI_PENDING = r'^port: LPI 8192 is pending in the table at '
MAY_WRITE = r'^port: virtio may write to 0x'
NOT_QUIET = r'^trans: not quiet: {} status=-0x{:x} '
ANY_NOT_QUIET = r'^trans: not quiet: .*'
NOT_LEFT = r'^port: it could not be left: {}$'
EXAMPLE_MOVES = r'^move 0x0*50001000 -> 0x0*40000000 \+ 0x'
NOBODY = r'^nobody is asleep here: boot as usual$'
PLAN = [r'^plan: segment kernel 0x0000000040000000 \+ 0x.*',
        r'^plan: move 0x\w+ -> 0x0000000040000000 \+ 0x.*',
        r'^plan: moves \d+ bytes \d+ of a payload of \d+$',
        r'^plan: safe code 0x.*', r'^plan: safe table 0x.*',
        r'^plan: tables [1-9]\d* safe granules [1-9]\d*$',
        r'^plan: proof holds: code, .* lie outside every destination$']
HOPS_TO_GO = r'^port: hops {}, [1-9]\d* pages free, 0 lost$'
SEEDS = r'^port: seeds from {}$'
MEMORY_LOST = r'^port: hops .* [1-9]\d* lost$'
# What garbage in a deflate stream is taken for is chance.
UNPACK_ERROR = 'TRANS_(?:ETRUNC|ECORRUPT|ENOSPC|ENOMEM)'
MOVED = r'^port: figure moved_bytes {} bytes$'
AT = r'^port: {} goes to 0x{:x} \+ .*'
CRASH = r'^port: (?:exception|panic).*'
LETTERS = r'^trans: moves=0x[0-9a-f]+ {}$'
CORRUPT = r'^trans: corrupt segment=0x0 pa=0x[0-9a-f]+ len=0x[0-9a-f]+$'
LAST_TIME = r'^port: the last transition ended at "{}": segment 0, [1-9]'
LAST_WAS_NOT_QUIET = (r'^port: the last transition ended at "not quiet": '
                      r'segment 0, 0 moves, 0 bytes')
LETTERS_OF_NONE = r'^trans: moves=0x0 MDL$'
DIRTY_BSS = r'^port: \d+ words of \.bss were not zero$'
CRASH_ENTRY = r'^port: crash entry, 0 moves$'
WITHOUT_TABLES = r'^port: without tables$'
INSPECTED = r'^port: inspected [1-9]\d+ pages, {} not zero$'
PORT_AT = r'^port: {} cpu'
GOOD_CHECK = r'^CHECK \S+ ok$'
CHECKS = 11 # of the workload, each time it wakes; one more at the end
PCI_CHECKS = 5 # likewise, of its PCI devices
GOING = r'^SLEEPER: cycle {}, going to sleep$'
AWAKE = r'^SLEEPER: awake$'
CYCLE_DONE = r'^SLEEPER: cycle {} done$'
SLEPT_WELL = r'^SLEEPER: PASS$'
IMAGE_STAYS = r'^port: the image stays, nothing is booted$'
GIVEN_UP = r'^port: the image is given up$'
ABOUT_TO_RESUME = r'^port: resume, bye$'
ENTRY = r'^port: entry {} at 0x'
DIED = r'^.*(?:Kernel panic|Oops|BUG:|Internal error|Unable to handle).*'
# A world with its MMU on says what the port said that it would find.
WORLD = (r'(?s)^port: world at 0x\w+(?P<regs> mair {} tcr {} ttbr1 0x\w+)$'
         r'.*^world: EL{} sctlr 0x30d01805(?P=regs)$')
WORLD_REGISTERS = (r'^world: at 0xffff8000\w+ x1 0x1111 x2 0x2222 x3 0x3333 '
                   r'others 0x0 daif 0x3c0$')
WORLD_EL2 = (r'^world: EL2 hcr {} cptr {} cnthctl 0x3 mdcr 0x6 sctlr {}$')
WORLD_EL2_IDS = r'^world: EL2 cntvoff 0x0 vttbr 0x0 ids same$'
WORLD_VHE = r'^world: hcr 0x488000000$'
ANY_WORLD = r'^world:.*'
ENTRY_FAULT = (r'^trans: fault esr=0x86000004 elr=(0xffff8000\w+) far=\1 '
               r'move=0x1$')
NO_REPORT = r'^port: report: TRANS_ENOENT'
