/* Pictures as PNG files: libpng's simplified interface, which catches its own long jumps and frees what it took. */
#include <png.h>
#include "base/fail.h"
#include "base/files/png.h"
#include "base/files/target.h"

int picture_write(const char *path, const picture *p)
{
    png_image image = { .version = PNG_IMAGE_VERSION, .width = p->width, .height = p->height,
                        .format = PNG_FORMAT_GRAY };
    target t;
    int status = target_open(&t, path);

    /* of a write that failed target_close says why */
    if (!status && !png_image_write_to_stdio(&image, t.file, 0, p->grey, 0, NULL) && !ferror(t.file))
        status = fail("%s: cannot be written: libpng says \"%s\"", path, image.message);
    return target_close(&t, status);
}
