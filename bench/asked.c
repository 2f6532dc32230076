/* From the options of a command to its model. */
#include "bench/asked.h"

int asked_open(subject *s, const request *r)
{
    return subject_open_as(s, &(naming){ r->word[0], option_text(r, "process"), option_text(r, "wrap"),
                                         option_trust(r) });
}
