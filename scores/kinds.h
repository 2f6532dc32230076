/* Every kind of [score], one line each: `const field_kind field_kind_NAME` (scores/field.h) at the foot of a file. */
KIND(exact)
KIND(plugin)
KIND(pipe)
KIND(mlp)
KIND(onnx)
