/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mapped.h"
#include "trans.h"

static void gone(int signal)
{
	static const char why[] =
		"trans: a file became shorter, or cannot be read any more\n";

	(void)signal;
	(void)!write(STDERR_FILENO, why, sizeof(why) - 1);
	_exit(EXIT_INPUT);
}

void watch_mappings(void)
{
	struct sigaction action = { .sa_handler = gone };

	sigaction(SIGBUS, &action, NULL);
}

int open_bytes(const char *path, int how)
{
	int fd = open(path, how);
	struct stat stat;

	if (fd >= 0 && !fstat(fd, &stat) && S_ISDIR(stat.st_mode)) {
		close(fd);
		errno = EISDIR;
		return -1;
	}
	return fd;
}

bool map_file(struct mapped *mapped, const char *path)
{
	int fd = open_bytes(path, O_RDONLY);
	off_t len = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	void *at = MAP_FAILED;

	*mapped = (struct mapped){ 0 };
	if (len > 0)
		at = mmap(NULL, (size_t)len, PROT_READ, MAP_PRIVATE, fd, 0);
	else if (!len)
		errno = ENODATA;
	if (at != MAP_FAILED)
		*mapped = (struct mapped){ at, (uint64_t)len };
	if (fd >= 0)
		close(fd);
	watch_mappings();
	return at != MAP_FAILED;
}

void unmap_file(struct mapped *mapped)
{
	if (mapped->bytes)
		munmap((void *)(uintptr_t)mapped->bytes, mapped->len);
	*mapped = (struct mapped){ 0 };
}
