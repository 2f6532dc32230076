/* Every kind of [score], one line each: `score *field_NAME(const model *, section *)` opens the bare field of a model,
 * in a file of its own.  The section is NULL where the model is `NAME:...` on the command line (model->field). */
KIND(exact)
KIND(plugin)
KIND(pipe)
KIND(mlp)
KIND(onnx)
