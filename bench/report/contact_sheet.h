/* Pictures of samples as PNG: a contact sheet of images, or a density in the plane. */
#ifndef FOKKER_CONTACT_SHEET_H
#define FOKKER_CONTACT_SHEET_H

/* -1 with a sentence where samples of dim columns are neither images (a square number from 16 on) nor
 * points of the plane; else 0. */
int sheet_refuses(int dim);

/* n x dim samples: images side by side (at most 200), grey from the 1st to the 99th percentile; or a
 * histogram of points. 0 or -1. */
int sheet_write(const char *path, long n, int dim, const double *x);

#endif
