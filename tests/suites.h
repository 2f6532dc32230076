SUITE(random)
SUITE(array)
SUITE(metrics)
