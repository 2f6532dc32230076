/* Every metric, one line each. */
METRIC(sw2)
METRIC(energy)
