import { call, global, persistent, pickle, tuple, type Writable } from './pickle-writer.js';
import { type WrittenEntry, zipFile } from './zip-writer.js';

export interface WrittenTensor {
  /** Key of its storage. */
  readonly key: string;
  readonly shape: readonly number[];
  readonly strides?: readonly number[];
  readonly offset?: number;
  /** Elements that the storage declares. */
  readonly elements?: number;
  readonly type?: string;
}

/** A tensor as `torch.save` pickles it. */
export function tensor({ key, shape, type = 'FloatStorage', ...layout }: WrittenTensor): Writable {
  const { strides = rowMajor(shape), offset = 0, elements = shape.reduce((a, b) => a * b, 1) } = layout;
  const storage = persistent(tuple('storage', global('torch', type), key, 'cpu', elements));
  const args = [
    storage,
    offset,
    tuple(...shape),
    tuple(...strides),
    false,
    call(global('collections', 'OrderedDict'), []),
  ];
  return call(global('torch._utils', '_rebuild_tensor_v2'), args);
}

export interface WrittenTorchFile {
  readonly content: Writable;
  readonly storages?: Readonly<Record<string, ArrayBufferView>>;
  /** Further files beside `data.pkl`: `byteorder`, `version`. */
  readonly others?: Readonly<Record<string, Uint8Array>>;
}

/** An archive of `torch.save`. */
export function torchFile({ content, storages = {}, others = {} }: WrittenTorchFile): Uint8Array {
  const files: [string, ArrayBufferView][] = [
    ['data.pkl', pickle(content)],
    ...Object.entries(storages).map(([key, values]): [string, ArrayBufferView] => [`data/${key}`, values]),
    ...Object.entries(others),
  ];
  return zipFile(
    files.map(
      ([name, { buffer, byteOffset, byteLength }]): WrittenEntry => ({
        name: `archive/${name}`,
        content: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
      }),
    ),
  );
}

/** A state dict of float32 tensors, each with a storage of its own, and the storages. */
export function stateDict(shapes: Readonly<Record<string, readonly number[]>>, firstKey = 0) {
  const entries = Object.entries(shapes);
  return {
    content: new Map<Writable, Writable>(
      entries.map(([name, shape], i) => [name, tensor({ key: String(firstKey + i), shape })]),
    ),
    storages: Object.fromEntries(
      entries.map(([, shape], i) => [
        String(firstKey + i),
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, element) => firstKey + i + element / 64),
      ]),
    ),
  };
}

function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
}
