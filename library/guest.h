/*
 * The library is a guest in a program of somebody else's: what a call has to change in the process is given back when
 * it returns.  Every function of include/fokker.h that does work does it between guest_enter and guest_leave.
 *   locale    numbers are read with a decimal point, whatever the program has set: the calling thread's
 *   OpenMP    the number of threads asked for: the calling thread's
 *   GSL       its error handler would end the program: off, of the whole process, until the last guest has left
 *   OpenBLAS  products are of a fixed shape on one thread, blocks of rows are shared out: likewise
 *   inih      its options are variables: likewise
 */
#ifndef FOKKER_GUEST_H
#define FOKKER_GUEST_H
#include <locale.h>

typedef struct guest { locale_t locale; int threads; } guest;

/* threads: 0: as many as are set. */
void guest_enter(guest *, int threads);
void guest_leave(const guest *);

#endif
