/** The block that holds ONNX Runtime's binary, which is large: the thread that runs networks is given it when it starts. */
export const RUNTIME_BLOCK = 'onnxruntime.wasm';
