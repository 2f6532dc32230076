#include <stdio.h>
#include <string.h>
#include "tests/support/remarks.h"
#include "tests/suite.h"

const remark *found(const check *c, const char *what)
{
    for (int i = 0; i < c->remarks; i++)
        if (!strcmp(c->remark[i].what, what))
            return &c->remark[i];
    return NULL;
}

void has_mark(const check *c, const char *what, enum mark mark, const char *word)
{
    const remark *r = found(c, what);

    CU_ASSERT_PTR_NOT_NULL_FATAL(r);
    if (r->mark != mark || !strstr(r->advice, word))
        printf("\n    %s %s: %s: %s\n", what, mark_names[r->mark], r->said, r->advice);
    CU_ASSERT_EQUAL(r->mark, mark);
    CU_ASSERT_PTR_NOT_NULL(strstr(r->advice, word));
}
