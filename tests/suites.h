SUITE(random)
SUITE(array)
