/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Workers for tests: see workers.h. */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "workers.h"

#ifdef __has_feature
#define SEES_RACES __has_feature(thread_sanitizer)
#else
#define SEES_RACES 0
#endif

/* ---- threads ---- */

static struct thread {
	pthread_t id;
	pthread_mutex_t lock;
	pthread_cond_t given, done;
	void (*fn)(void *arg);
	void *arg;
	bool taken;
} threads[TRANS_WORKERS_MAX];

static void *work(void *arg)
{
	struct thread *thread = arg;

	pthread_mutex_lock(&thread->lock);
	for (;;) {
		while (!thread->fn)
			pthread_cond_wait(&thread->given, &thread->lock);
		thread->taken = true;
		pthread_cond_signal(&thread->done);
		pthread_mutex_unlock(&thread->lock);
		thread->fn(thread->arg);
		pthread_mutex_lock(&thread->lock);
		thread->fn = NULL;
		pthread_cond_signal(&thread->done);
	}
	return NULL;
}

static void run(void *ctx, unsigned int i, void (*fn)(void *arg), void *arg)
{
	struct thread *thread = &threads[i];

	(void)ctx;
	pthread_mutex_lock(&thread->lock);
	assert(!thread->fn);
	thread->fn = fn;
	thread->arg = arg;
	thread->taken = false;
	pthread_cond_signal(&thread->given);
	/* One that began only while it is waited for would be in order with all
	 * that was done meanwhile, and ThreadSanitizer would see no race. */
	while (SEES_RACES && !thread->taken)
		pthread_cond_wait(&thread->done, &thread->lock);
	pthread_mutex_unlock(&thread->lock);
}

static int wait_for(void *ctx, unsigned int i)
{
	struct thread *thread = &threads[i];
	struct timespec until;
	int ret = 0;

	(void)ctx;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 60;
	pthread_mutex_lock(&thread->lock);
	while (thread->fn && !ret)
		ret = pthread_cond_timedwait(&thread->done, &thread->lock,
					     &until);
	pthread_mutex_unlock(&thread->lock);
	return ret;
}

static void start(struct thread *thread)
{
	int ret = pthread_mutex_init(&thread->lock, NULL);

	ret |= pthread_cond_init(&thread->given, NULL);
	ret |= pthread_cond_init(&thread->done, NULL);
	ret |= pthread_create(&thread->id, NULL, work, thread);
	assert(!ret);
}

const struct trans_workers *workers_of_run(void)
{
	static struct trans_workers workers = { .run = run, .wait = wait_for };
	const char *wanted = getenv("TRANS_WORKERS");
	unsigned int count = wanted ? (unsigned int)atoi(wanted) : 0;

	assert(count <= TRANS_WORKERS_MAX);
	while (workers.count < count)
		start(&threads[workers.count++]);
	return &workers;
}

/* ---- none ---- */

static void late_run(void *ctx, unsigned int i, void (*fn)(void *arg),
		     void *arg)
{
	struct late_workers *late = ctx;

	assert(i < late->workers.count && !late->given[i].fn);
	late->given[i].fn = fn;
	late->given[i].arg = arg;
}

static bool finish_one(struct late_workers *late, unsigned int i)
{
	void (*fn)(void *arg) = late->given[i].fn;

	if (!fn)
		return false;
	late->given[i].fn = NULL;
	late->ran++;
	fn(late->given[i].arg);
	return true;
}

static int late_wait(void *ctx, unsigned int i)
{
	struct late_workers *late = ctx;

	for (unsigned int n = late->workers.count; n; n--)
		if (n != late->lost)
			(void)finish_one(late, n - 1);
	return i + 1 == late->lost;
}

void workers_late(struct late_workers *late, unsigned int count,
		  unsigned int lost)
{
	memset(late, 0, sizeof(*late));
	late->workers = (struct trans_workers){ count, late_run, late_wait,
						late };
	late->lost = lost;
}

bool workers_finish(struct late_workers *late)
{
	bool any = false;

	for (unsigned int i = 0; i < late->workers.count; i++)
		any |= finish_one(late, i);
	return any;
}
