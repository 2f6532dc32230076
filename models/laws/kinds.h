/* LAW(kind): `law *kind_open(const sections *, section *)`, the law of a [data] section with that kind. */
LAW(mixture)
LAW(dataset)
LAW(like)
