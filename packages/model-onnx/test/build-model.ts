import { type NdArray, ndarray, randomStream, type Shape, sizeOf } from '@xinc/core';
import onnxProto from 'onnx-proto';

const { AttributeProto, ModelProto, TensorProto } = onnxProto.onnx;
const { AttributeType } = AttributeProto;
const { DataType } = TensorProto;

/** A number with a point is written as a float, one without as an integer. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] };

export interface NodeSpec {
  readonly op: string;
  /** Of operators that are not the standard's. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs?: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

export interface ModelSpec {
  readonly opset: number;
  /** Float inputs by name. */
  readonly inputs: Readonly<Record<string, Shape>>;
  /** Float tensors of the file. */
  readonly weights?: Readonly<Record<string, NdArray>>;
  /** Whole numbers of the file, each a vector, or a tensor with its shape. */
  readonly integers?: Readonly<
    Record<string, readonly number[] | { readonly shape: Shape; readonly values: readonly number[] }>
  >;
  /** The last one's first output is the file's. */
  readonly nodes: readonly NodeSpec[];
}

/** An ONNX file's bytes. */
export function buildModel({ opset, inputs, weights = {}, integers = {}, nodes }: ModelSpec): Uint8Array {
  const named = nodes.map((node, i) => ({ outputs: [`value${i}`], attributes: {}, ...node }));
  const [output] = named[named.length - 1].outputs;
  return ModelProto.encode({
    irVersion: opset > 20 ? 10 : 8,
    opsetImport: [{ domain: '', version: opset }, ...new Set(named.flatMap(({ domain }) => domain ?? []))].map(
      (each) => (typeof each === 'string' ? { domain: each, version: 1 } : each),
    ),
    graph: {
      name: 'graph',
      node: named.map(({ op, domain, inputs, outputs, attributes }, i) => ({
        ...(domain && { domain }),
        name: `/${op}_${i}`,
        opType: op,
        input: [...inputs],
        output: [...outputs],
        attribute: Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
      })),
      input: Object.entries(inputs).map(([name, shape]) => ({
        name,
        type: { tensorType: { elemType: DataType.FLOAT, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
      })),
      output: [{ name: output, type: { tensorType: { elemType: DataType.FLOAT } } }],
      initializer: [
        ...Object.entries(weights).map(([name, { shape, data }]) => ({
          name,
          dims: [...shape],
          dataType: DataType.FLOAT,
          rawData: new Uint8Array(data.slice().buffer),
        })),
        ...Object.entries(integers).map(([name, given]) => {
          const { shape, values } = 'shape' in given ? given : { shape: [given.length], values: given };
          const data = BigInt64Array.from(values, BigInt);
          return { name, dims: [...shape], dataType: DataType.INT64, rawData: new Uint8Array(data.buffer) };
        }),
      ],
    },
  }).finish();
}

function attributeOf(name: string, value: AttributeValue): onnxProto.onnx.IAttributeProto {
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
  if ('floats' in value) return { name, type: AttributeType.FLOATS, floats: [...value.floats] };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

/** Numbers between `low` and `high`. */
export function drawn(shape: Shape, seed: string, low = -2, high = 2): NdArray {
  const stream = randomStream(5, seed);
  return ndarray(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * (stream.integer(1 << 20) / (1 << 20))),
  );
}
