/* Every wrapper, one line each, in the order of `fokker list wrappers`. */
WRAPPER(clamp)
WRAPPER(round)
WRAPPER(threshold)
WRAPPER(afs)
WRAPPER(predicts)
