# Quality against the solver's time.
load ARG0[1:strstrt(ARG0, "seconds.gp") - 1] . "style.gp"
on_x = "seconds"
xname = "time of one run (s), the least over seeds"
load ARG0[1:strstrt(ARG0, "seconds.gp") - 1] . "against.gp"
