/** Where the thread that runs networks finds ONNX Runtime's binary. */
export type RuntimeBinary =
  /** Beside the scripts: as it is, or as a site keeps it. */
  | { readonly kind: 'file'; readonly packed: boolean }
  /** At hand, compressed by gzip. */
  | { readonly kind: 'bytes'; readonly compressed: Uint8Array<ArrayBuffer> };
