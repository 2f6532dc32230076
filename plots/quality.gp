# Quality against calls of the network: mean over seeds with its 95 % interval, and the floor that exact samples give.
load scripts . "/style.gp"
on_x = "calls"
xname = "network calls (NFE)"
load scripts . "/against.gp"
