/* Every kind of process, one line each. */
PROCESS(vp_linear)
PROCESS(edm)
PROCESS(flow)
