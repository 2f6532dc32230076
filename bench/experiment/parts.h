/*
 * Rows that several ranks have finished, each in a file of its own beside results.tsv, DIR/results.part-K.tsv,
 * until rank 0 has brought them into the order of the spec.  They outlive a job that dies: whoever goes on with
 * --resume takes them up.
 */
#ifndef FOKKER_PARTS_H
#define FOKKER_PARTS_H
#include "bench/experiment/record.h"

typedef struct parts {
    results *file; int files;
    const record **row; int count, rows;    /* row[i]: of cell i, or NULL; how many there are */
} parts;

/* How cmd_bench knows what a file and a row belong to. */
typedef struct owner {
    const void *job;
    int (*fits)(const void *job, const char *path, const results *);        /* 0 or -1 with a sentence */
    int (*is)(const void *job, int cell, const record *);
} owner;

/* Reads all parts of the folder for `count` cells.  0, or -1 where one of them is not of this benchmark. */
int  parts_open(parts *, const char *folder, int count, const owner *);
void parts_close(parts *);

/* How many files there may be (one more than the highest rank's); the file of rank k; removes them all. */
int  parts_most(const char *folder);
void parts_path(const char *folder, int rank, char *path, size_t size);
void parts_remove(const char *folder);
#endif
