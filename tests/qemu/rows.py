# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""What the runners of cases have in common: a line each, and of a failed one
what it said last; how many passed; how the program ends."""
import concurrent.futures
import os
import sys

import lab

TAIL = 15


def report(name, result):
    verdict = 'ok' if result.ok else 'FAILED'
    print(f'  {verdict:6} {name:38} {result.seconds:5.1f} s', flush=True)
    if result.ok:
        return
    print('\n'.join(f'    {w}' for w in result.why.splitlines()))
    for line in result.text.splitlines()[-TAIL:]:
        print(f'    | {line}')
    print(f'    whole log: build/logs/{name}.log', flush=True)


def run_all(prefix, picked, verbose=False):
    """(passed, failed) after running all of them, as many at once as there are
    CPUs, or one by one to be seen."""
    failed = 0
    workers = 1 if verbose else os.cpu_count()
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        runs = pool.map(lambda c: lab.attempt(c, verbose), picked)
        for case, result in zip(picked, runs):
            report(f'{prefix}{case.name}', result)
            failed += not result.ok
    return len(picked) - failed, failed


def end(prefix, run):
    """Ends the program with what @run() says: (passed, failed). None at all is
    a failure, too."""
    lab.orderly_exit()
    try:
        passed, failed = run()
    except KeyboardInterrupt:
        sys.exit(130)
    if not passed and not failed:
        print('no case is called that; --list has their names')
    print(f'{prefix}{passed} passed, {failed} failed')
    sys.exit(bool(failed) or not passed)
