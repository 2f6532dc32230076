/* Files as other programs write them, built byte by byte from the descriptions of their formats. */
#ifndef FOKKER_TEST_PACKED_H
#define FOKKER_TEST_PACKED_H
#include <stddef.h>

/* A folder of the test's own: the path of a name in it, in a buffer of its own until eight calls later; a file written
 * there, plain or as .gz; the end of the folder, the last test of a suite. */
const char *in_box(const char *name);
const char *file_of(const char *name, const void *bytes, size_t n);
const char *text_of(const char *name, const char *text);
const char *gz_of(const char *name, const void *bytes, size_t n);
void the_folder_is_left_clean(void);

/* That array_read gives this. */
void expect(const char *path, int dims, const long *shape, const double *v);

/* A .npy of version 1, 2 or 3 with this header and n bytes behind it; its length. */
#define HEAD(descr, order, shape) "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }"
size_t npy_of(char *out, int version, const char *header, const void *data, size_t n);

/* v as a number of NumPy's type ("f2", "i4", "b1", ...), least byte first unless `big`; its size. */
int number_of(char *out, const char *type, int big, double v);

/* A zip archive: members stored or deflated; sizes and offsets in zip64's fields; sizes behind the bytes and not in
 * front of them.  Its length. */
enum { ZIP_DEFLATED = 1, ZIP_64 = 2, ZIP_DESCRIPTOR = 4 };
typedef struct zip_member { const char *name; const void *data; size_t size; } zip_member;
size_t zip_of(char *out, int how, int n, const zip_member *);

#endif
