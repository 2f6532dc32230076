/* Every kind of process, one line each. */
PROCESS(vp_linear)
PROCESS(vp_cosine)
PROCESS(sub_vp)
PROCESS(vp_discrete)
PROCESS(ve)
PROCESS(edm)
PROCESS(flow)
PROCESS(tabulated)
