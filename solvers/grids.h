/* Every time grid, one line each. */
GRID(lambda)
GRID(karras)
GRID(uniform)
