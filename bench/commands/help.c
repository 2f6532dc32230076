/* fokker help: the help text, and from the same tables the man page (--man) and the bash completion
 * (--completion) for the build. */
#include <stdio.h>
#include <string.h>
#include "bench/options.h"
#include "bench/version.h"
#include "base/fail.h"

static void print_options(int commands_bit)
{
    for (const option *o = options; o->name; o++) {
        char left[64];

        if (!(o->commands & commands_bit))
            continue;
        snprintf(left, sizeof left, "%c%c%s--%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
                 o->letter ? ", " : "  ", o->name,
                 o->arg ? " " : "", o->arg ? o->arg : "");
        printf("  %-30s %s\n", left, o->about);
    }
}

static int help_command(const char *name)
{
    const command *c = commands;
    int n = 0;

    while (commands[n].name)
        n++;
    while (c->name && strcmp(c->name, name))
        c++;
    if (!c->name) {
        fail("help: there is no command \"%s\"; did you mean %s?", name, nearest(name, n, commands, sizeof *commands));
        return complain(USAGE);
    }
    printf("fokker %s %s [options]\n  %s\n", c->name, c->words, c->about);
    if (*c->more)
        printf("  %s\n", c->more);
    puts("");
    print_options(c->bit);
    return OK;
}

static int help_all(void)
{
    puts("fokker: a solver workbench for diffusion samplers\n");
    for (const command *c = commands; c->name; c++)
        printf("  fokker %-8s %-52s %s\n", c->name, c->words, c->about);
    puts("\nfokker help COMMAND explains one; fokker --version tells the version.\n"
         "Solvers, processes, grids, metrics and wrappers are written name:key=value,key=value.\n\n"
         "  fokker sample gmm8ring --solver dpmpp-2m --nfe 20 -n 1000 -o x.npy\n"
         "  fokker bench gmm8ring --solver \"ddim dpmpp-2m heun\" --nfe \"5 10 20\" --seed 1..3 -o out/first\n"
         "  fokker order dpmpp-2m");
    return OK;
}

static int man_page(void)
{
    printf(".TH FOKKER 1 \"\" \"fokker %s\" \"User Commands\"\n.SH NAME\nfokker \\- solver workbench for diffusion "
           "samplers\n.SH SYNOPSIS\n", version_text());
    for (const command *c = commands; c->name; c++)
        printf(".B fokker %s\n.RI \"%s\"\n.RI [ options ]\n.br\n", c->name, c->words);
    puts(".SH COMMANDS");
    for (const command *c = commands; c->name; c++) {
        printf(".SS %s\n%s.\n%s\n", c->name, c->about, c->more);
        for (const option *o = options; o->name; o++)
            if (o->commands & c->bit && o->commands != EVERY)
                printf(".TP\n.BR \\-\\-%s \" \" \\fI%s\\fR\n%s\n", o->name, o->arg ? o->arg : "", o->about);
    }
    puts(".SH OPTIONS OF EVERY COMMAND");
    for (const option *o = options; o->name; o++)
        if (o->commands == EVERY)
            printf(".TP\n.BR \\-\\-%s \" \" \\fI%s\\fR\n%s\n", o->name, o->arg ? o->arg : "", o->about);
    puts(".SH EXIT STATUS\n0 all well; 1 a run failed or diverged (of several: all of them), a claim was refuted, or a "
         "write failed; 2 usage or bad input; 130 "
         "interrupted.");
    return OK;
}

static int completion(void)
{
    puts("_fokker() {\n    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd=${COMP_WORDS[1]}\n"
         "    case $prev in\n"
         "    --solver|-s) COMPREPLY=($(compgen -W \"$(fokker list solvers --tsv | tail -n +2 | cut -f1)\" -- "
         "\"$cur\")); return ;;\n"
         "    --grid|-g) COMPREPLY=($(compgen -W \"$(fokker list grids --tsv | tail -n +2 | cut -f1)\" -- \"$cur\")); "
         "return ;;\n"
         "    --process|-p) COMPREPLY=($(compgen -W \"$(fokker list processes --tsv | tail -n +2 | cut -f1)\" -- "
         "\"$cur\")); return ;;\n"
         "    --metric|-m) COMPREPLY=($(compgen -W \"$(fokker list metrics --tsv | tail -n +2 | cut -f1)\" -- "
         "\"$cur\")); return ;;\n"
         "    esac\n    if [ $COMP_CWORD -eq 1 ]; then");
    printf("        COMPREPLY=($(compgen -W \"");
    for (const command *c = commands; c->name; c++)
        printf("%s ", c->name);
    puts("\" -- \"$cur\"))\n        return\n    fi\n    case $cmd:$cur in");
    for (const command *c = commands; c->name; c++) {
        printf("    %s:-*) COMPREPLY=($(compgen -W \"", c->name);
        for (const option *o = options; o->name; o++)
            if (o->commands & c->bit)
                printf("--%s ", o->name);
        puts("\" -- \"$cur\")) ;;");
    }
    puts("    *) COMPREPLY=($(compgen -f -W \"$(fokker list models --tsv | tail -n +2 | cut -f1)\" -- \"$cur\")) ;;\n  "
         "  esac\n}\ncomplete -F _fokker fokker");
    return OK;
}

int cmd_help(const request *r)
{
    if (words_between(r, 0, 1))
        return complain(USAGE);
    if (!r->words)
        return help_all();
    if (!strcmp(r->word[0], "man-page"))
        return man_page();
    if (!strcmp(r->word[0], "bash-completion"))
        return completion();
    return help_command(r->word[0]);
}
