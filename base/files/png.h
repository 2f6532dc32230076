/* Pictures as PNG files, by libpng. */
#ifndef FOKKER_PNG_H
#define FOKKER_PNG_H

/* 8 bits of grey, 0 black: height rows of width pixels, from the top down */
typedef struct picture { int width, height; unsigned char *grey; } picture;

/* Into a file that is written beside its place and then renamed (target.h).  0, or -1 with a reason: what
 * was there is there still. */
int picture_write(const char *path, const picture *);

#endif
