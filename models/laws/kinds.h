/* LAW(kind): `const law_kind law_kind_KIND` (models/laws/law.h) at the foot of a file. */
LAW(mixture)
LAW(dataset)
LAW(like)
