/* A folder of results, or a file that is written again and again, is one program's at a time.  The lock is the
 * system's: it ends with the program, however that ends, and what its file leaves behind does no harm. */
#ifndef FOKKER_LOCK_H
#define FOKKER_LOCK_H

/* path: of the lock's own file, which is there while it is held; NULL: nothing is held (also where the file system
 * knows no locks) */
typedef struct lock { char *path; int fd; } lock;

/* The folder with those above it.  0, or -1 with a reason. */
int folder_make(const char *path);

/* Makes the folder and takes it, by DIR/.lock; or takes a file, there or not, by FILE.lock.
 * 0, or -1 with a reason: another holds it. */
int lock_folder(lock *, const char *path);
int lock_file(lock *, const char *path);
void lock_free(lock *);

#endif
