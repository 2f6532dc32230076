/* IDX, the format of MNIST (LeCun): 0, 0, a type's code, the number of axes, each axis's length in 4 bytes, then the
 * numbers; all big endian. */
#include "base/files/source.h"
#include "base/fail.h"

int read_idx(source *s, array *a)
{
    unsigned char magic[4], axis[4];
    layout l = { .big_endian = 1 };

    if (source_bytes(s, "the IDX header", magic, sizeof magic))
        return -1;
    l.type = type_coded(magic[2]);
    if (magic[0] || magic[1] || !l.type)
        return fail("%s: is neither .npy, IDX nor text (bytes %02x %02x %02x %02x); convert it to one of them", s->path,
                    magic[0], magic[1], magic[2], magic[3]);
    if (magic[3] < 1 || magic[3] > MAX_DIMS)
        return fail("%s: has %d axes; 1 to %d are read", s->path, magic[3], MAX_DIMS);
    l.dims = magic[3];
    for (int i = 0; i < l.dims; i++) {
        if (source_bytes(s, "the IDX header", axis, sizeof axis))
            return -1;
        l.shape[i] = (long)axis[0] << 24 | axis[1] << 16 | axis[2] << 8 | axis[3];
    }
    return source_values(s, &l, a);
}
