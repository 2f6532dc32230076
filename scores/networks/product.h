/*
 * y = x W' for the layers of networks, float32, W packed once.
 * Every number of y is one chain of fused multiply-adds over the columns of x in their order, whatever the processor,
 * the number of rows and a row's place among them: so a row's bits are its own.
 * (OpenBLAS 0.3.21: its Haswell kernels give rows of one call other bits by their place in it.)
 */
#ifndef FOKKER_PRODUCT_H
#define FOKKER_PRODUCT_H

/* Networks are float; the tests compile them once more in double. */
#ifdef FOKKER_DOUBLE
typedef double real;
#define REAL(name) name##_double
#else
typedef float real;
#define REAL(name) name
#endif

/* columns of W' that lie together: cols/PANEL panels of k x PANEL numbers */
enum { PANEL = 32 };

/* y (rows x cols, a multiple of PANEL) from x (rows x k, its rows `apart` numbers apart and its columns `along`: 1, or
 * where x is the transpose of what lies there, the other way round). */
typedef struct extent { int rows, k, apart, along, cols; } extent;

/* Where element (row, col) of a matrix W of k columns lies when it is packed. */
static inline long packed_at(int k, int row, int col) { return (long)(row / PANEL * k + col) * PANEL + row % PANEL; }

/* y = x W', add: y += x W'. */
void REAL(product)(const extent *, const real *x, const real *w, int add, real *y);
#endif
