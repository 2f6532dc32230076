SUITE(random)
