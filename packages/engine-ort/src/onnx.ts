import { createRequire } from 'node:module';
import { type Shape, sizeOf } from '@xinc/core';
import type onnxProto from 'onnx-proto';

// By `require`: for `import`, Node would read all of its text for what it exports, which takes longer than loading it.
const { AttributeProto, ModelProto, TensorProto } = (createRequire(import.meta.url)('onnx-proto') as typeof onnxProto)
  .onnx;

/** ONNX's operator set: 20 is the first with Gelu. IR version 9 goes with it. */
const OPSET = 20;
const IR_VERSION = 9;

type Attribute = number | string | readonly number[] | { readonly float: number };

/** A named tensor of a model's interface. */
export interface TensorType {
  readonly name: string;
  readonly shape: Shape;
}

/** An ONNX graph under construction: nodes in topological order and the constants they read. */
export class OnnxGraph {
  readonly #nodes: onnxProto.onnx.INodeProto[] = [];
  readonly #initializers = new Map<string, onnxProto.onnx.ITensorProto>();
  readonly #inputs: TensorType[] = [];
  readonly #outputs = new Map<string, TensorType>();

  /** Declares an input and returns its name. */
  input(name: string, shape: Shape): string {
    this.#inputs.push({ name, shape });
    return name;
  }

  /** Declares a value an output and returns the output's name: `name`, made longer if it is an input's already. */
  output(value: string, name: string, shape: Shape): string {
    const free = this.#inputs.some((input) => input.name === name) ? `${name}:output` : name;
    const computed = this.#nodes.some((node) => node.output?.[0] === value);
    const source = computed && !this.#outputs.has(value) ? value : this.node('Identity', [value]);
    this.#outputs.set(source, { name: free, shape });
    return free;
  }

  /** Appends a node with one result and returns the result's name. */
  node(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const output = `value:${this.#nodes.length}`;
    this.#nodes.push({
      opType,
      input: [...inputs],
      output: [output],
      attribute: Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value)),
    });
    return output;
  }

  /** A constant int64 vector (shapes, axes, paddings). */
  integers(values: readonly number[]): string {
    return this.#initializer(`integers:${values}`, {
      dims: [values.length],
      dataType: TensorProto.DataType.INT64,
      rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
    });
  }

  /** A constant float32 tensor; `name` stands for its contents. */
  floats(name: string, shape: Shape, data: Float32Array): string {
    return this.#initializer(name, {
      dims: [...shape],
      dataType: TensorProto.DataType.FLOAT,
      rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    });
  }

  /** A constant tensor of ones. */
  ones(shape: Shape): string {
    return this.floats(`ones:${shape}`, shape, new Float32Array(sizeOf(shape)).fill(1));
  }

  /** The finished model as a file's bytes. */
  encode(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    const finalName = (value: string) => this.#outputs.get(value)?.name ?? value;
    return ModelProto.encode({
      irVersion: IR_VERSION,
      opsetImport: [{ domain: '', version: OPSET }],
      producerName: 'xinc',
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: 'program',
        node: this.#nodes.map((node) => ({
          ...node,
          input: node.input?.map(finalName),
          output: node.output?.map(finalName),
        })),
        initializer: [...this.#initializers.values()],
        input: this.#inputs.map(encodeValueInfo),
        output: [...this.#outputs.values()].map(encodeValueInfo),
      },
    }).finish();
  }

  #initializer(name: string, tensor: onnxProto.onnx.ITensorProto): string {
    this.#initializers.set(name, { name, ...tensor });
    return name;
  }
}

function encodeAttribute(name: string, value: Attribute): onnxProto.onnx.IAttributeProto {
  const { AttributeType } = AttributeProto;
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

function encodeValueInfo({ name, shape }: TensorType): onnxProto.onnx.IValueInfoProto {
  const dim = shape.map((extent) => ({ dimValue: extent }));
  return { name, type: { tensorType: { elemType: TensorProto.DataType.FLOAT, shape: { dim } } } };
}
