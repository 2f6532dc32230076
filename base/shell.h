/* Words for a command that a sentence offers. */
#ifndef FOKKER_SHELL_H
#define FOKKER_SHELL_H

/* The text as a shell reads it: itself where it is plain, else between single quotes.  In a buffer of this
 * thread, until the next call. */
const char *shell_word(const char *text);

#endif
