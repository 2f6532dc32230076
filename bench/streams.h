/* stdin, stdout and stderr: that no file of ours takes their places, and that all of stdout was taken. */
#ifndef FOKKER_STREAMS_H
#define FOKKER_STREAMS_H

/* Before anything is opened: what was closed (`>&-`) leads to /dev/null, so that nothing written to it lands in another
 * file.  Writing to a closed stdout fails, as it does without this. */
void streams_begin(void);

/* The last thing: the exit code, which is FAILED_RUN, with a sentence, where something written to stdout was lost and
 * all else went well.  Where stdout is a pipe whose reader has gone (| head) the program ends by SIGPIPE, without a
 * word, as other programs do. */
int streams_end(int code);

#endif
