# Quality against calls of the network: mean over seeds with its 95 % interval, and the floor that exact samples give.
load ARG0[1:strstrt(ARG0, "quality.gp") - 1] . "style.gp"
on_x = "calls"
xname = "network calls (NFE)"
load ARG0[1:strstrt(ARG0, "quality.gp") - 1] . "against.gp"
