/* The command line: tables from which the parser, the help text, the man page and the completion are made. */
#ifndef FOKKER_OPTIONS_H
#define FOKKER_OPTIONS_H
#include "models/trust.h"

enum { OK = 0, REFUTED = 1, FAILED_RUN = 1, USAGE = 2, INTERRUPTED = 130 };         /* exit codes */

/* Which commands take an option. */
enum { LIST = 1, SAMPLE = 2, BENCH = 4, ORDER = 8, PLOT = 16, HELP = 32, COMPAT = 64, LOGP = 128, CHECK = 256,
       TRAIN = 512, EVERY = -1 };

/* arg NULL: a flag */
typedef struct option { const char *name; char letter; const char *arg, *about; int commands; } option;

enum { MAX_OPTIONS = 96, MAX_WORDS = 256 };

/* What was typed: words that are no options, and the value of each option (the table's order), "" for a flag, NULL
 * where it was not given. */
typedef struct request {
    const struct command *command;
    int words;
    const char *word[MAX_WORDS];
    const char *value[MAX_OPTIONS];
} request;

typedef struct command {
    const char *name; int bit; const char *words, *about, *more;
    int (*run)(const request *);            /* an exit code */
} command;

extern const option options[];              /* ends with a name of NULL */
extern const command commands[];

/* Fills the request from argv; the command is argv[1].  -1 with a sentence where something is misspelt or missing. */
int options_parse(int argc, char **argv, request *);

/* The value of an option or NULL; as a whole number or a number within [min, max] (otherwise where it was not given):
 * -1 with a sentence. */
const char *option_text(const request *, const char *name);
int option_whole(const request *, const char *name, long min, long max, long otherwise, long *out);
int option_number(const request *, const char *name, double min, double max, double otherwise, double *out);

/* Which of the words of `choices` ("none denoise") an option's value is, the first where it was not
 * given; -1 with a sentence. */
int option_choice(const request *, const char *name, const char *choices);

/* What the words of this command line may start: TRUST_FILES with --trust, else TRUST_NAME. */
enum trust option_trust(const request *);

/* That at most `most` and at least `least` words were given. */
int words_between(const request *, int least, int most);

/* The words of a text, separated by blanks but those within 'single quotes', in which '' is a quote; owned, in one
 * allocation that begins with the pointers.  NULL: out of memory. */
char **words_of(const char *text, int *n);

/* That an option's file can be written, found out before the work and leaving it as it is: -1 with a sentence. */
int writable(const char *option, const char *path);

/* Prints last_error() as the complaint on stderr; returns the code, for USAGE that of a failed run where it
 * was a write that failed. */
int complain(int code);

/* Figures could not be drawn of tables that are written: a warning, with where the tables are or what draws them later,
 * and OK; where it was a write that failed it is a complaint, and FAILED_RUN. */
int undrawn(const char *later, ...) __attribute__((format(printf, 1, 2)));

/* cmd_*.c */
int cmd_list(const request *), cmd_sample(const request *), cmd_bench(const request *), cmd_order(const request *),
    cmd_plot(const request *), cmd_help(const request *), cmd_compat(const request *), cmd_check(const request *),
    cmd_logp(const request *), cmd_train(const request *);

#endif
