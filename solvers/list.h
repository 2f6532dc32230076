/* Every method, one line each. */
