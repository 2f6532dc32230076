/* What stands beside the running program, or beside the shared object that this code is in: shared files and libraries
 * that are found without being named. */
#ifndef FOKKER_BESIDE_H
#define FOKKER_BESIDE_H

/* The folder of the running program, without a '/' at its end; "" where the system does not say.  In a
 * buffer of this thread. */
const char *program_folder(void);

/* The folder of the shared object that this code was loaded from, likewise; "" where it is a part of the program. */
const char *library_folder(void);

/* Whether a file or folder found by its place may be relied on as the program itself is: its owner is root, the user or
 * the owner of the program, and not everybody may write there (unless everybody may write the program too).  So a
 * program that was put into /tmp takes nothing of what others put into /tmp. */
int program_vouches(const char *path);

#endif
