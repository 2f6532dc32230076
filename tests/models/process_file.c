/* Processes by the keys and files of their items, and the sentence of what makes none. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "models/processes/process.h"
#include "tests/support/fixture.h"
#include "tests/suite.h"

static void keys_of_a_model_file_are_those_of_an_item(void)
{
    const char *keys[] = { "betas", "t_max", "beta_max" }, *values[] = { "scaled-linear", "500", "0.03" },
        *wheres[] = { "a:1", "a:2", "a:3" };
    process *p = process_from("a:9", "vp-discrete", 3, keys, values, wheres);
    process *q = process_open("test", "vp-discrete:betas=scaled-linear,t_max=500,beta_max=0.03");

    if (must(!p || !q))
        return;
    CU_ASSERT(p->t_max == 500 && q->t_max == 500 && p->t_high == 999 && p->T == 1000);
    CU_ASSERT(!memcmp(p->given.v, q->given.v, sizeof p->given.v));
    process_close(p);
    process_close(q);
    values[1] = "5o0";
    CU_ASSERT(!process_from("a:9", "vp-discrete", 3, keys, values, wheres));
    says("a:2:", "t_max", "5o0");
    keys[1] = "tmax";
    CU_ASSERT(!process_from("a:9", "vp-discrete", 3, keys, values, wheres));
    says("a:2:", "tmax", "did you mean t_max?");
    CU_ASSERT(!process_from("a:9", "vp-discret", 3, keys, values, wheres));
    says("a:9:", "did you mean vp-discrete?");
}

static void betas_come_from_a_file(void)
{
    char item[128];
    process *p;
    level l;
    double t = 2;

    snprintf(item, sizeof item, "vp-discrete:%s", temporary("# four\n0.1 0.2\n0.3, 0.25\n"));
    if (must(!(p = process_open("test", item))))
        return;
    levels(p, 1, &t, &l);
    near(l.alpha, sqrt(0.9 * 0.8 * 0.7), 1e-15);
    CU_ASSERT(p->T == 4 && p->t_max == 3);
    process_close(p);
    snprintf(item, sizeof item, "vp-discrete:T=5,file=%s", temporary("0.1 0.2\n0.3, 0.25\n"));
    CU_ASSERT(!process_open("test", item));
    says("T is 5", "4 betas");
    snprintf(item, sizeof item, "vp-discrete:betas=cosine,file=%s", temporary("0.1 0.2\n0.3, 0.25\n"));
    CU_ASSERT(!process_open("test", item));
    says("at once");
    snprintf(item, sizeof item, "vp-discrete:file=%s", temporary("0.1 0.2\n\n1.3, 0.25\n"));
    CU_ASSERT(!process_open("test", item));
    says(":3: beta 2 is 1.3", "between 0 and 1");
    unlink(temporary(""));
}

static void a_bad_item_is_one_sentence(void)
{
    const struct { const char *item, *says; } bad[] = {
        { "vp-liner", "did you mean vp-linear?" }, { "vp-linear:beta_mix=2", "did you mean beta_min?" },
        { "edm:prior_sdt=2", "did you mean prior_std?" },
        { "vp-linear:beta_min=3,beta_max=2", "do not rise" }, { "vp-linear:beta_min=0,beta_max=0", "do not rise" },
        { "vp-linear:t_max=2", "outside" },
        { "vp-linear:t_min=1", "not below" }, { "edm:t_min=-1", "outside" }, { "vp-linear:beta_max", "no value" },
        { "vp-linear:beta_max=x", "not a number" },
        { "vp-linear:t_max=nan", "finite" }, { "ve:sigma_min=3,sigma_max=2", "not below" },
        { "ve:sigma_min=0", "between" },
        { "vp-discrete:T=1.5", "between 2" }, { "vp-discrete:T=10.5", "whole" },
        { "vp-discrete:betas=linaer", "choose one of" },
        { "vp-discrete:betas=file", "file=PATH" }, { "vp-discrete:beta_max=1", "beta 999 is 1" },
        { "vp-discrete:beta_min=0", "beta 0 is 0" },
        { "vp-discrete:beta_min=0.3,beta_max=0.1", "in order" }, { "flow:shift=0", "between" },
        { "tabulated", "file" }, 
        { "edm:prior_std=0", "between" }, { "", "name" } };

    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        process *p = process_open("--process", bad[i].item);

        CU_ASSERT(!p);
        says("--process", bad[i].says);
        process_close(p);
    }
    CU_ASSERT(!process_open("--process", "tabulated:/no/such"));
    says("/no/such:", "No such file");
}

static void a_bad_table_is_one_sentence_with_its_line(void)
{
    const struct { const char *text, *line, *says; } bad[] = {
        { "0 .9 .1\n1 .5 .8\n", "", "only 2 rows" }, { "", "", "no numbers" },
        { "0 .9 .1\n1 .5 .8\n2 .6 .9\n", ":3:", "does not fall" },
        { "0 .9 .1\n# x\n\n1 .5 .8\n1 .4 .9\n", ":5:", "does not rise" },
        { "0 1 0\n1 .5 .8\n2 .1 .9\n", ":1:", "positive" },
        { "0 .9 .1\n1 nan .8\n2 .1 .9\n", ":2:", "finite" }, { "0 .9 .1\n1 .5\n2 .1 .9\n", ":2:", "2 numbers" },
        { "0 .9 .1 3\n", ":1:", "more than 3" },
        { "0 .9 .1\n1 .5 .8x\n", ":2:", ".8x" }, { "0 .9 .1\n1 .9 .1\n2 .1 .9", ":2:", "strictly" } };

    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        char item[128];

        snprintf(item, sizeof item, "tabulated:%s", temporary(bad[i].text));
        CU_ASSERT(!process_open("test", item));
        says(temporary(""), bad[i].line, bad[i].says);
    }
    unlink(temporary(""));
}

static const test_case tests[] = {
    { "keys of a model file are those of an item", keys_of_a_model_file_are_those_of_an_item },
    { "betas come from a file", betas_come_from_a_file },
    { "a bad item is one sentence", a_bad_item_is_one_sentence },
    { "a bad table is one sentence with its line", a_bad_table_is_one_sentence_with_its_line },
    { 0, 0 },
};
const test_table table_process_file = { "process_file", tests };
