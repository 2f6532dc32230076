/* What a record of results says about the program and the machine that made it. */
#ifndef FOKKER_VERSION_H
#define FOKKER_VERSION_H

const char *version_text(void);         /* 0.1.0 */
/* git describe of the checkout, with -dirty where it was changed; "unknown" outside of git */
const char *version_commit(void);
/* of the program as it was linked: the linker's build ID, 16 hexadecimal digits, which differs with any change of the
 * code or of how it was compiled; "unknown" where the linker gave none */
const char *version_build(void);
const char *version_blas(void);         /* OpenBLAS with its version, its options and the kernel in use */
/* the processor's model; the architecture where it tells no name; the text is the calling thread's */
const char *version_cpu(void);

/* All of these, by which the numbers of a run may differ in their last digits: lines, each of which begins with
 * `before`, "commit 1a2b3c" and so on.  Owned by the caller; NULL: out of memory. */
char *version_lines(const char *before);

#endif
