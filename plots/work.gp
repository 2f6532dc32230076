# Quality against the work: evaluations of the field a sample, those of guesses included.  Beside quality.gp, whose calls are rounds.
load ARG0[1:strstrt(ARG0, "work.gp") - 1] . "style.gp"
on_x = "work"
xname = "field evaluations a sample"
load ARG0[1:strstrt(ARG0, "work.gp") - 1] . "against.gp"
