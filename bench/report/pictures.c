/* What the pictures of a benchmark show besides its results: time grids, samples in the plane
 * over the density, images. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/report/pictures.h"
#include "base/files/target.h"

enum { GRID_STEPS = 20, POINTS = 400, LATTICE = 101, ACROSS = 6, DOWN = 2, IMAGES = ACROSS * DOWN, EXACT_ROWS = 2000,
       PATH_SIZE = 4300 };
static const double pitch = 1.06;                   /* from one panel of the plane to the next, in panels */

/* A table of the folder; path is where its name is kept. */
static int begin(target *t, const char *folder, const char *what, const char *name, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/%s-%s.tsv", folder, what, name);
    return target_open(t, path);
}

/* ---- time grids ---- */

static void print_grid(FILE *f, const char *name, const level *l, int steps)
{
    for (int i = 0; i <= steps; i++)
        fprintf(f, "%s\t%d\t%.9g\t%.9g\t%.9g\t%.9g\n", name, i, l[i].t, l[i].alpha, l[i].sigma, l[i].lambda);
}

/* Every grid with its own parameters that this process can have; what needs a file has no picture. */
static int write_grids(const model *m, const char *folder)
{
    char path[PATH_SIZE];
    target t;
    int status = begin(&t, folder, "grids", m->name, path);

    if (!status)
        fputs("grid\tstep\tt\talpha\tsigma\tlambda\n", t.file);
    for (int i = 0; i < grids() && !status; i++) {
        schedule when;
        level *l;

        if (schedule_parse(&when, "bench", grid_at(i)->name, m->process, 0))
            continue;
        if ((l = schedule_levels(&when, m->process, GRID_STEPS)))
            print_grid(t.file, grid_at(i)->name, l, GRID_STEPS);
        free(l);
        schedule_free(&when);
    }
    return target_close(&t, status);
}

/* ---- panels: a row for every solver and grid, a column for every budget; the first row is the truth ---- */

typedef struct board {
    sweep *w;
    const cell *cells; int count, model;
    int rows, columns;
    const model *m; int dim, side;          /* side of images, 0: the plane */
    level at;                               /* where samples end */
    double low[2], span;                    /* the plane's square */
    double width, height;                   /* of a panel, with its gap */
    FILE *panels, *data;
    float *canvas; int across, down;        /* pixels of all images */
} board;

static int row_of(const board *b, const cell *c) { return 1 + c->solver * b->w->of->grid.n + c->grid; }

/* The column of a budget; own steps stand at the first budget that they keep. */
static int column_of(const board *b, const cell *c, double calls)
{
    const spec *s = b->w->of;

    for (int i = 0; i < s->budgets; i++)
        if (c->ask.nfe + c->ask.steps > 0 ? s->budget[i] == c->ask.nfe + c->ask.steps : !s->by_steps
            && s->budget[i] >= calls)
            return i;
    return b->columns - 1;
}

static void panel_text(const board *b, const char *kind, double column, double row, const char *text)
{
    fprintf(b->panels, "%s\t%g\t%g\t%s\n", kind, column * b->width, -row * b->height, text);
}

static void put_points(const board *b, int n, const double *x, const char *name, int column, int row)
{
    for (int i = 0; i < n; i++) {
        double u = (x[2 * i] - b->low[0]) / b->span, v = (x[2 * i + 1] - b->low[1]) / b->span;

        if (u > 0 && u < 1 && v > 0 && v < 1)
            fprintf(b->data, "%s\t%.6g\t%.6g\t%.6g\t%.6g\n", name, x[2 * i], x[2 * i + 1], column * b->width + u,
                    -row * b->height + v - 1);
    }
}

static void put_images(const board *b, int n, const double *x, int column, int row)
{
    int side = b->side;

    for (int i = 0; i < n; i++)
        for (int p = 0; p < side * side; p++) {
            int u = column * (int)b->width + i % ACROSS * (side + 1) + p % side,
                v = row * (int)b->height + i / ACROSS * (side + 1) + p / side;

            b->canvas[v * b->across + u] = (float)x[(size_t)i * side * side + p];
        }
}

static void put_samples(const board *b, int n, const double *x, const char *name, int column, int row)
{
    if (b->side)
        put_images(b, n, x, column, row);
    else
        put_points(b, n, x, name, column, row);
    panel_text(b, "panel", column, row, name);
}

static int put_cell(const board *b, const cell *c)
{
    const spec *s = b->w->of;
    int n = b->side ? IMAGES : POINTS, row = row_of(b, c), column;
    char text[600];
    tally cost;
    double *x;

    if (n > s->rows[c->model])
        n = (int)s->rows[c->model];
    if (!(x = sweep_samples(b->w, c, n, &cost)))
        return 0;
    column = column_of(b, c, cost.calls);
    put_samples(b, n, x, s->solver.word[c->solver], column, row);
    if (c->ask.nfe + c->ask.steps == 0) {
        snprintf(text, sizeof text, "%ld calls", cost.calls);
        panel_text(b, "note", column, row, text);
    }
    free(x);
    return 0;
}

static void put_titles(const board *b)
{
    const spec *s = b->w->of;
    char text[600];

    for (int i = 0; i < s->budgets; i++) {
        snprintf(text, sizeof text, s->by_steps ? "%ld steps" : "NFE %ld", s->budget[i]);
        panel_text(b, "column", i, 0, text);
    }
    panel_text(b, "row", 0, 0, "exact samples");
    for (int i = 0; i < s->solver.n; i++)
        for (int g = 0; g < s->grid.n; g++) {
            snprintf(text, sizeof text, s->grid.n > 1 ? "%s on %s" : "%s", s->solver.word[i], s->grid.word[g]);
            panel_text(b, "row", 0, 1 + i * s->grid.n + g, text);
        }
}

static int put_all(const board *b, const double *exact)
{
    int n = b->side ? IMAGES : POINTS;

    put_titles(b);
    put_samples(b, n, exact, "exact", 0, 0);
    for (int i = 0; i < b->count; i++)
        if (b->cells[i].model == b->model && b->cells[i].seed == b->w->of->seed[0])
            put_cell(b, &b->cells[i]);
    return 0;
}

/* ---- the plane ---- */

/* A square that holds the exact samples with some margin. */
static void frame(board *b, const double *exact)
{
    double high[2];

    for (int d = 0; d < 2; d++) {
        b->low[d] = high[d] = exact[d];
        for (int i = 1; i < EXACT_ROWS; i++)
            b->low[d] = fmin(b->low[d], exact[2 * i + d]), high[d] = fmax(high[d], exact[2 * i + d]);
    }
    b->span = 1.2 * fmax(high[0] - b->low[0], high[1] - b->low[1]);
    for (int d = 0; d < 2; d++)
        b->low[d] = (b->low[d] + high[d] - b->span) / 2;
}

static void print_density(FILE *f, const double *x, const double *logp)
{
    fputs("x\ty\tdensity\tu\tv\n", f);
    for (int i = 0; i < LATTICE * LATTICE; i++)
        fprintf(f, "%.6g\t%.6g\t%.6g\t%.6g\t%.6g\n%s", x[2 * i], x[2 * i + 1], exp(logp[i]),
                (double)(i % LATTICE) / (LATTICE - 1), (double)(i / LATTICE) / (LATTICE - 1),
                i % LATTICE == LATTICE - 1 ? "\n" : "");
}

static int write_density(const board *b, const char *folder)
{
    enum { N = LATTICE * LATTICE };
    char path[PATH_SIZE];
    double *x = malloc(N * 3 * sizeof *x), *logp = x ? x + 2 * N : NULL;
    batch p = { .groups = 1, .rows = N, .at = &b->at, .x = x };
    target t;
    int status;

    if (!x)
        return fail("density: out of memory");
    for (int i = 0; i < N; i++) {
        x[2 * i] = b->low[0] + b->span * (i % LATTICE) / (LATTICE - 1);
        x[2 * i + 1] = b->low[1] + b->span * (i / LATTICE) / (LATTICE - 1);
    }
    status = b->m->law->logpdf(b->m->law, &p, logp);
    if (!status) {
        if (!(status = begin(&t, folder, "density", b->m->name, path)))
            print_density(t.file, x, logp);
        status = target_close(&t, status);
    }
    free(x);
    return status;
}

static int write_plane(board *b, const char *folder, const double *exact)
{
    char path[PATH_SIZE];
    target t;
    int status;

    frame(b, exact);
    b->width = b->height = pitch;
    if (b->m->law->logpdf && write_density(b, folder))
        return -1;
    if (!(status = begin(&t, folder, "samples", b->m->name, path))) {
        b->data = t.file;
        fputs("solver\tx\ty\tu\tv\n", b->data);
        put_all(b, exact);
    }
    return target_close(&t, status);
}

/* ---- images ---- */

static void print_images(FILE *f, const board *b)
{
    fputs("u\tv\tgrey\n", f);
    for (int i = 0; i < b->across * b->down; i++)
        fprintf(f, isnan(b->canvas[i]) ? "%d\t%d\tnan\n" : "%d\t%d\t%.4g\n", i % b->across, -(i / b->across),
                (double)b->canvas[i]);
}

static int write_images(board *b, const char *folder, const double *exact)
{
    char path[PATH_SIZE];
    target t;
    int status;

    b->width = ACROSS * (b->side + 1) + 3, b->height = DOWN * (b->side + 1) + 3;
    b->across = b->columns * (int)b->width, b->down = b->rows * (int)b->height;
    if (!(b->canvas = malloc((size_t)b->across * b->down * sizeof *b->canvas)))
        return fail("images: out of memory");
    for (int i = 0; i < b->across * b->down; i++)
        b->canvas[i] = NAN;
    put_all(b, exact);
    if (!(status = begin(&t, folder, "images", b->m->name, path)))
        print_images(t.file, b);
    free(b->canvas);
    return target_close(&t, status);
}

/* ---- a model ---- */

/* Where the samples of the first run that has a plan end. */
static int last_level(board *b)
{
    for (int i = 0; i < b->count; i++)
        if (b->cells[i].model == b->model && !sweep_plan(b->w, &b->cells[i])) {
            b->at = b->w->how.plan.grid[b->w->how.plan.steps];
            return 0;
        }
    return -1;
}

static int side_of(int dim)
{
    int side = (int)lround(sqrt(dim));

    return side * side == dim && dim >= 16 ? side : 0;
}

/* Exact samples for a board, of the class that was asked for. */
static int draw_exact(const board *b, double *x)
{
    int label[EXACT_ROWS];
    long class = b->w->of->label;
    truth exact = { .law = b->m->law, .at = b->at, .label = class < 0 ? NULL : label,
                    .seed = (uint64_t)b->w->of->seed[0] };

    for (int i = 0; i < EXACT_ROWS; i++)
        label[i] = (int)class;
    return truth_sample(&exact, 0, EXACT_ROWS, b->dim, x);
}

static int write_board(board *b, const char *folder)
{
    double *x = malloc((size_t)EXACT_ROWS * b->dim * sizeof *x);
    char path[PATH_SIZE];
    int status = x ? draw_exact(b, x) : fail("pictures: out of memory");
    target t;

    if (!status) {
        if (!(status = begin(&t, folder, "panels", b->m->name, path))) {
            b->panels = t.file;
            fputs("kind\tu\tv\ttext\n", b->panels);
            status = b->side ? write_images(b, folder, x) : write_plane(b, folder, x);
        }
        status = target_close(&t, status);
    }
    free(x);
    return status;
}

int pictures_write(sweep *w, const cell *cells, int count, const char *folder)
{
    for (int i = 0; i < w->of->model.n; i++) {
        const subject *u = &w->subject[i];
        board b = { .w = w, .cells = cells, .count = count, .model = i, .m = u->model, .dim = u->field->dim,
                    .side = side_of(u->field->dim),
                    .rows = 1 + w->of->solver.n * w->of->grid.n, .columns = w->of->budgets ? w->of->budgets : 1 };

        if (write_grids(u->model, folder))
            return -1;
        if (u->model->law && (b.side || b.dim == 2) && !last_level(&b) && write_board(&b, folder))
            return -1;
    }
    return 0;
}
