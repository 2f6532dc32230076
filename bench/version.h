/* What a record of results says about the program and the machine that made it. */
#ifndef FOKKER_VERSION_H
#define FOKKER_VERSION_H

const char *version_text(void);         /* 0.1.0 */
/* git describe of the checkout, with -dirty where it was changed; "unknown" outside of git */
const char *version_commit(void);
const char *version_blas(void);         /* OpenBLAS with its version, its options and the kernel in use */
/* the processor's model; the architecture where it tells no name; the text is the calling thread's */
const char *version_cpu(void);

#endif
