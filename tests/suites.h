SUITE(random)
SUITE(array)
SUITE(metrics)
SUITE(solve)
