import { type Field, readFields, text, textsOf, writeFields } from './protobuf.js';

/** A network cut in two: what does not depend on some weights, and the rest. */
export interface SplitGraph {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** What the first part computes for the second: outputs of one, inputs of the other. */
  readonly passed: readonly string[];
  /** Inputs of the first part. Where one of them changes, the first part has to run again. */
  readonly beforeInputs: readonly string[];
}

/** Field numbers of onnx.proto (ONNX IR version 3 and later). */
const GRAPH = 7;
const NODE = { input: 1, output: 2 } as const;
const GRAPH_FIELDS = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 } as const;
const INITIALIZER_NAME = 8;
const VALUE_NAME = 1;
/** A value_info without shape: TypeProto { tensor_type: { elem_type: FLOAT } }. */
const FLOAT_TYPE = Uint8Array.of(0x12, 0x04, 0x0a, 0x02, 0x08, 0x01);

interface Node {
  readonly field: Field;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * Cuts an ONNX graph so that switching neurons off again and again runs no more of it than they reach: what is before the cut
 * stays the same however these weights change.
 * @param changing inputs of the graph
 * @returns `null` where nothing can be cut off
 */
export function splitGraph(model: Uint8Array, changing: Iterable<string>): SplitGraph | null {
  const modelFields = readFields(model);
  const graph = modelFields.find(({ number }) => number === GRAPH);
  if (!graph) return null;
  const fields = readFields(graph.content);
  const named = (number: number, nameNumber: number) =>
    new Map(
      fields.filter((field) => field.number === number).map((field) => [textsOf(field.content, nameNumber)[0], field]),
    );
  const inputs = named(GRAPH_FIELDS.input, VALUE_NAME);
  const initializers = named(GRAPH_FIELDS.initializer, INITIALIZER_NAME);
  const outputs = fields.filter(({ number }) => number === GRAPH_FIELDS.output);
  const nodes = fields.filter(({ number }) => number === GRAPH_FIELDS.node).map(nodeOf);
  // Nodes come in an order in which each follows those that it reads.
  const changed = new Set(changing);
  const after = nodes.filter((node) => {
    const reached = node.inputs.some((name) => changed.has(name));
    if (reached) for (const name of node.outputs) changed.add(name);
    return reached;
  });
  if (outputs.some((field) => !changed.has(textsOf(field.content, VALUE_NAME)[0]))) return null;
  // Nodes that read nothing are constants, of any type: each part has its own.
  const isConstant = (node: Node) => node.inputs.length === 0;
  const constants = new Set(nodes.filter(isConstant).flatMap((node) => node.outputs));
  const fixed = nodes.filter((node) => !after.includes(node) && !isConstant(node));
  const computed = new Set(fixed.flatMap((node) => node.outputs));
  const read = new Set(after.flatMap((node) => node.inputs));
  const passed = [...computed].filter((name) => read.has(name));
  if (passed.length === 0) return null;

  /** A model of some nodes, with those inputs, initial values and constants that they read. */
  const modelOf = (some: readonly Node[], more: readonly Field[], results: readonly Field[]) => {
    const needs = new Set(some.flatMap((node) => node.inputs));
    const pick = (from: ReadonlyMap<string, Field>) =>
      [...from].filter(([name]) => needs.has(name)).map(([, field]) => field);
    const own = nodes.filter((node) => isConstant(node) && node.outputs.some((name) => needs.has(name)));
    const known: readonly number[] = Object.values(GRAPH_FIELDS);
    const rest = fields.filter(({ number }) => !known.includes(number));
    const body = [...own, ...some].map(({ field }) => field);
    const parts = [...body, ...rest, ...pick(initializers), ...pick(inputs), ...more, ...results];
    return writeFields(
      modelFields.map((field) => (field === graph ? { ...graph, content: writeFields(parts) } : field)),
    );
  };
  const needed = ancestorsOf(fixed, passed);
  const values = (number: number) => passed.map((name) => valueInfo(number, name));
  return {
    before: modelOf(needed, [], values(GRAPH_FIELDS.output)),
    after: modelOf(after, values(GRAPH_FIELDS.input), outputs),
    passed,
    beforeInputs: [...new Set(needed.flatMap((node) => node.inputs))].filter(
      (name) => inputs.has(name) && !computed.has(name) && !constants.has(name),
    ),
  };
}

function nodeOf(field: Field): Node {
  const bytes = field.content;
  // An input that is left out is an empty name.
  return {
    field,
    inputs: textsOf(bytes, NODE.input).filter((name) => name !== ''),
    outputs: textsOf(bytes, NODE.output),
  };
}

/** The nodes that some values are computed from. */
function ancestorsOf(nodes: readonly Node[], values: readonly string[]): Node[] {
  const wanted = new Set(values);
  const found: Node[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    for (const name of node.inputs) wanted.add(name);
    found.unshift(node);
  }
  return found;
}

function valueInfo(number: number, name: string): Field {
  const type = readFields(FLOAT_TYPE);
  return { number, wire: 2, content: writeFields([{ number: VALUE_NAME, wire: 2, content: text(name) }, ...type]) };
}
