# Quality against the work: evaluations of the field a sample, those of guesses included.  Beside quality.gp, whose calls are rounds.
load scripts . "/style.gp"
on_x = "work"
xname = "field evaluations a sample"
load scripts . "/against.gp"
