/* What the parts of make speed share. */
#ifndef FOKKER_SPEED_H
#define FOKKER_SPEED_H
#include <omp.h>
#include <stddef.h>

/* `best` becomes the least time of so many repeats, or stays if it was less. */
#define BEST(best, reps, ...) do { for (int q_ = 0; q_ < (reps); q_++) { double t_ = omp_get_wtime(); __VA_ARGS__; \
                                   t_ = omp_get_wtime() - t_; best = t_ < best ? t_ : best; } } while (0)

/* Zeros on a cache line of their own; ends the program where there are none. */
void *need(size_t bytes);

/* A line of the table: what, its value, and what to expect of it. */
void row(const char *what, double value, const char *unit, const char *expect);

/* The built-in network against its bare matrix products, a sampler against its calls. */
void net_speed(void);

/* A training step against its bare matrix products. */
void train_speed(void);

/* A row for each solver that takes fixed steps. */
void steps_speed(void);

/* A child process against a plug-in. */
void pipe_speed(void);

#endif
