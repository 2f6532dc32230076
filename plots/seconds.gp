# Quality against the solver's time.
load scripts . "/style.gp"
on_x = "seconds"
xname = "time of one run (s), the least over seeds"
load scripts . "/against.gp"
