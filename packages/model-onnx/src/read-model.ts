import { type Arrays, didYouMean, isXincError, ndarray, XincError } from '@xinc/core';
import { OUTPUT } from '@xinc/core/trace';
import type onnxProto from 'onnx-proto';
import { checkFile } from './check-file.js';
import { countedReader } from './counted-reader.js';
import type { Attribute, OnnxGraph, OnnxNode, Static } from './graph.js';
import { joinShuffles } from './join-shuffles.js';
import { messages } from './messages.js';
import { TRANSPOSED } from './rules/products.js';
import { standardNodes } from './standard-nodes.js';
import { type ExternalData, type FileTensor, INTEGERS, readTensor } from './tensors.js';
import { MOST_NUMBERS } from './values.js';

type INode = onnxProto.onnx.INodeProto;
type IAttribute = onnxProto.onnx.IAttributeProto;
type IGraph = onnxProto.onnx.IGraphProto;

/** A network of a file: what it computes, and its weights by name. */
export interface OnnxModel {
  readonly graph: OnnxGraph;
  readonly weights: Arrays;
  /** Opset and what wrote it. */
  readonly description: string;
  /** Inputs that the picture does not depend on. */
  readonly unread: readonly string[];
}

const OLDEST_OPSET = 11;
const NEWEST_OPSET = 24;

/** Inputs of operators that have to be known before the network runs: shapes, sizes, axes. */
const SETTINGS: Readonly<Record<string, readonly number[]>> = {
  Reshape: [1],
  Expand: [1],
  Resize: [1, 2, 3],
  Upsample: [1],
  Slice: [1, 2, 3, 4],
  Split: [1],
  Pad: [1, 2, 3],
  Clip: [1, 2],
  Pow: [1],
  Gather: [1],
  Unsqueeze: [1],
  Squeeze: [1],
  ReduceMean: [1],
  ReduceSum: [1],
  ConstantOfShape: [0],
};

/** Nodes of a network; those of PyTorch's exporters have some thousand at the most. */
const MOST_NODES = 20_000;
/** Characters of a network's description, which is kept with each of its runs. */
const LONGEST_DESCRIPTION = 3_000_000;
/** Bytes of weights, in float32; tensors of a file may all name the same bytes beside it. */
const MOST_BYTES = 2 ** 31;

/**
 * Reads a network as data: nothing of it is executed.
 * @param external bytes of tensors that lie beside the file
 * @param wanted the output that is the picture, where there are several
 * @throws XincError `invalid-file` for bytes that are no model; `unsupported` for what is not read, named; `invalid-option` for
 *   an output that there is not
 */
export function readModel(bytes: Uint8Array, source: string, external: ExternalData, wanted?: string): OnnxModel {
  checkFile(bytes, source);
  const model = decode(bytes, source);
  const opset = Number(model.opsetImport?.find(({ domain }) => !domain || domain === 'ai.onnx')?.version ?? 0);
  const { graph } = model;
  if (!graph?.node || graph.node.length === 0) throw notModel(source);
  if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
    throw new XincError(
      'unsupported',
      `${source} is of ONNX opset ${opset}; ${OLDEST_OPSET} to ${NEWEST_OPSET} are read`,
      { subject: source, hint: 'Export it again with opset_version=18.' },
    );
  }
  if (graph.node.length > MOST_NODES) {
    throw new XincError('unsupported', `${source} has ${graph.node.length} nodes; up to ${MOST_NODES} are read`, {
      subject: source,
    });
  }
  const outputs = (graph.output ?? []).map(({ name }) => name ?? '');
  // What xinc export writes gives the activations of each layer as well.
  const own = model.producerName === 'xinc' && outputs.includes(OUTPUT) ? OUTPUT : undefined;
  const output = chooseOutput(outputs, source, wanted ?? own);
  refuseTwice(graph);
  refuseSparse(graph, source);
  const needed = nodesFor(output, graph.node);
  const written = needed
    .filter(({ opType }) => opType !== 'Constant')
    .map((node, i) => standardNodes(readNode(node, i), node.domain ?? ''));
  const nodes = written.flatMap((each) => each.nodes);
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const tensors = new Map<string, FileTensor>();
  let size = 0;
  const keep = (name: string, tensor: FileTensor) => {
    tensors.set(name, tensor);
    size += 4 * tensor.data.length;
    if (size <= MOST_BYTES) return;
    throw new XincError('unsupported', `${source} has weights of more than ${MOST_BYTES / 2 ** 30} GB`, {
      subject: source,
    });
  };
  for (const tensor of graph.initializer ?? []) {
    const name = tensor.name ?? '';
    if (read.has(name)) keep(name, readTensor(tensor, external));
  }
  for (const [name, tensor] of constantNodes(needed, external)) keep(name, tensor);
  for (const [name, number] of written.flatMap(({ numbers = {} }) => Object.entries(numbers))) {
    keep(name, { shape: [], data: Float32Array.of(number), integers: false });
  }
  const producer = [model.producerName, model.producerVersion].filter(Boolean).join(' ');
  const description = `ONNX opset ${opset}${producer ? `, written by ${producer}` : ''}, ${nodes.length} nodes`;
  const inputs = (graph.input ?? []).filter(({ name }) => !tensors.has(name ?? ''));
  const unread = inputs.flatMap(({ name = '' }) => (read.has(name ?? '') ? [] : [name ?? '']));
  const fed = inputs.filter(({ name }) => read.has(name ?? ''));
  const parts = split(tensors, nodes, description, {
    opset,
    output,
    whole: fed.flatMap(({ name, type }) => (INTEGERS.has(type?.tensorType?.elemType ?? 0) ? [name ?? ''] : [])),
    inputs: fed.map(({ name, type }) => ({
      name: name ?? '',
      shape: (type?.tensorType?.shape?.dim ?? []).map(({ dimValue }) => Number(dimValue ?? 0) || null),
    })),
  });
  if (JSON.stringify(parts.graph).length > LONGEST_DESCRIPTION) {
    throw new XincError(
      'unsupported',
      `${source} has too large a program: ${nodes.length} nodes, with lists of numbers`,
      {
        subject: source,
        hint: 'Export it with constants folded, and its numbers as weights.',
      },
    );
  }
  return { ...parts, unread };
}

/** The output that is the picture: the only one, or the one that was named. */
function chooseOutput(outputs: readonly string[], source: string, wanted: string | undefined): string {
  const names = outputs.map((name) => `'${name}'`).join(', ');
  if (wanted !== undefined) {
    if (outputs.includes(wanted)) return wanted;
    throw new XincError('invalid-option', `${source} has no output '${wanted}'`, {
      subject: 'output',
      hint: `${didYouMean(wanted, outputs)}It has ${names || 'none'}.`,
    });
  }
  if (outputs.length === 1) return outputs[0];
  if (outputs.length === 0) {
    throw new XincError('unsupported', `${source} has no output`, { subject: source, hint: 'Export it again.' });
  }
  throw new XincError('unsupported', `${source} has ${outputs.length} outputs (${names}); one, the picture, is read`, {
    subject: source,
    hint: `Say which one it is: \`output: ${outputs[0]}\`.`,
  });
}

/** Every value is given once: by a node, or as a tensor. An input that is a tensor as well has it as its default. */
function refuseTwice({ node = [], initializer = [], input = [] }: IGraph): void {
  const given = new Map<string, string>();
  const give = (name: string, by: string) => {
    const other = given.get(name);
    if (name !== '' && other !== undefined) {
      throw new XincError('invalid-file', `'${name}' is given twice, by ${other} and by ${by}`, {
        subject: name,
        hint: 'Export the network again.',
      });
    }
    given.set(name, by);
  };
  for (const { name } of initializer ?? []) give(name ?? '', 'a tensor of the file');
  const tensors = new Set(given.keys());
  for (const { name } of input ?? []) if (!tensors.has(name ?? '')) give(name ?? '', 'an input');
  for (const { name, output } of node ?? []) for (const value of output ?? []) give(value, `the node '${name}'`);
}

function refuseSparse({ sparseInitializer, node }: IGraph, source: string): void {
  const [first] = sparseInitializer ?? [];
  const sparse = node?.find(({ attribute }) =>
    attribute?.some(({ type }) => type === messages().AttributeProto.AttributeType.SPARSE_TENSOR),
  );
  if (!first && !sparse) return;
  throw new XincError(
    'unsupported',
    `${source} has sparse weights ('${first?.values?.name ?? sparse?.name}'), which are not read`,
    {
      subject: source,
      hint: 'Export the network with dense weights.',
    },
  );
}

/** The nodes that an output is computed by, in their order. */
function nodesFor(output: string, nodes: readonly INode[]): INode[] {
  const needed = new Set([output]);
  const kept: INode[] = [];
  for (const node of nodes.toReversed()) {
    if (!(node.output ?? []).some((name) => needed.has(name))) continue;
    kept.push(node);
    for (const name of node.input ?? []) needed.add(name);
  }
  return kept.reverse();
}

function decode(bytes: Uint8Array, source: string): onnxProto.onnx.ModelProto {
  try {
    return messages().ModelProto.decode(countedReader(bytes, source));
  } catch (error) {
    if (isXincError(error)) throw error;
    throw notModel(source, error);
  }
}

function notModel(source: string, cause?: unknown): XincError {
  return new XincError('invalid-file', `${source} is no ONNX model, or is damaged`, {
    subject: source,
    hint: 'Write it with torch.onnx.export(model, args, file).',
    cause,
  });
}

function readNode(node: INode, position: number): OnnxNode {
  const op = node.opType ?? '';
  const name = node.name || `node ${position + 1}`;
  const attributes = (node.attribute ?? []).map((attribute) => [
    attribute.name ?? '',
    readAttribute(attribute, name, op),
  ]);
  return {
    name,
    op,
    inputs: node.input ?? [],
    outputs: node.output ?? [],
    attributes: Object.fromEntries(attributes.filter(([, value]) => value !== undefined)),
  };
}

function readAttribute(attribute: IAttribute, node: string, op: string): Attribute | undefined {
  const { AttributeType } = messages().AttributeProto;
  switch (attribute.type) {
    case AttributeType.FLOAT:
      return finite(attribute.f ?? 0, node, op);
    case AttributeType.INT:
      return Number(attribute.i ?? 0);
    case AttributeType.STRING:
      return new TextDecoder().decode(attribute.s ?? new Uint8Array());
    case AttributeType.FLOATS:
      return (attribute.floats ?? []).map((value) => finite(value, node, op));
    case AttributeType.INTS:
      return (attribute.ints ?? []).map(Number);
    case AttributeType.TENSOR:
      return toStatic(readTensor(attribute.t ?? {}, noExternal), node);
    case AttributeType.GRAPH:
    case AttributeType.GRAPHS:
      throw new XincError('unsupported', `The node '${node}' (${op}) is a loop or a branch, which is not read`, {
        subject: node,
        hint: 'Export the network with torch.onnx.export on example inputs, so that loops are unrolled.',
      });
    default:
      return undefined;
  }
}

function finite(value: number, node: string, op: string): number {
  if (Number.isFinite(value)) return value;
  throw new XincError('unsupported', `The node '${node}' (${op}) has the setting ${value}, which is not finite`, {
    subject: node,
  });
}

const noExternal: ExternalData = () => {
  throw new XincError('unsupported', 'A tensor inside a node lies in another file', {});
};

function* constantNodes(nodes: readonly INode[], external: ExternalData): Generator<readonly [string, FileTensor]> {
  for (const node of nodes) {
    if (node.opType !== 'Constant') continue;
    const [attribute] = node.attribute ?? [];
    const name = node.output?.[0] ?? '';
    if (attribute?.t) yield [name, readTensor(attribute.t, external)];
    else {
      const value = attribute && readAttribute(attribute, node.name ?? name, 'Constant');
      const values = typeof value === 'number' ? [value] : Array.isArray(value) ? value : [];
      const integers =
        attribute?.type === messages().AttributeProto.AttributeType.INT ||
        attribute?.type === messages().AttributeProto.AttributeType.INTS;
      yield [
        name,
        { shape: typeof value === 'number' ? [] : [values.length], data: Float64Array.from(values), integers },
      ];
    }
  }
}

/** Tensors that are settings or single numbers are known to the program; the others are its weights. */
function split(
  tensors: ReadonlyMap<string, FileTensor>,
  nodes: readonly OnnxNode[],
  description: string,
  graph: Omit<OnnxGraph, 'nodes' | 'constants'>,
): Omit<OnnxModel, 'unread'> {
  const settings = new Set(
    nodes.flatMap(({ op, inputs }) => (SETTINGS[op] ?? []).flatMap((i) => (inputs[i] ? [inputs[i]] : []))),
  );
  const constants: Record<string, Static> = {};
  const weights: Record<string, ReturnType<typeof ndarray>> = {};
  const whole = [...(graph.whole ?? [])];
  const read = new Map<string, number>();
  for (const name of nodes.flatMap(({ inputs }) => inputs)) read.set(name, (read.get(name) ?? 0) + 1);
  for (const [name, tensor] of tensors) {
    if (!read.has(name)) continue;
    const isTable = tensor.data.length > MOST_NUMBERS;
    if (tensor.data.length === 1 || (!isTable && (tensor.integers || settings.has(name)))) {
      constants[name] = toStatic(tensor, name);
    } else {
      weights[name] = ndarray(tensor.shape, asFloat32(name, tensor));
      if (tensor.integers) whole.push(name);
    }
  }
  // A weight is [out, in], as PyTorch has it: exporters turn it around for MatMul.
  const turned = nodes.map((node) => {
    const weight = weights[node.inputs[1]];
    const plain =
      (node.op === 'MatMul' && !node.attributes[TRANSPOSED]) || (node.op === 'Gemm' && node.attributes.transB !== 1);
    if (!plain || weight?.shape.length !== 2 || read.get(node.inputs[1]) !== 1) return node;
    weights[node.inputs[1]] = transposed(weight);
    const flag = node.op === 'MatMul' ? TRANSPOSED : 'transB';
    return { ...node, attributes: { ...node.attributes, [flag]: 1 } };
  });
  return { graph: { ...graph, whole, nodes: joinShuffles(turned, constants), constants }, weights, description };
}

/** @throws XincError `unsupported` for whole numbers that float32 does not hold */
function asFloat32(name: string, { data, integers }: FileTensor): Float32Array {
  const inexact = integers ? data.find((value) => Math.fround(value) !== value) : undefined;
  if (inexact === undefined) return Float32Array.from(data);
  throw new XincError(
    'unsupported',
    `The tensor '${name}' has the whole number ${inexact}, which float32 does not hold exactly`,
    { subject: name },
  );
}

function transposed({ shape: [rows, columns], data }: ReturnType<typeof ndarray>) {
  const turned = ndarray([columns, rows]);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) turned.data[c * rows + r] = data[r * columns + c];
  }
  return turned;
}

function toStatic({ shape, data, integers }: FileTensor, name: string): Static {
  const strange = data.find((value) => !Number.isFinite(value));
  if (strange === undefined) return { shape, values: [...data], ...(!integers && { floats: true }) };
  throw new XincError('unsupported', `The tensor '${name}' holds ${strange}, which is not finite`, { subject: name });
}
