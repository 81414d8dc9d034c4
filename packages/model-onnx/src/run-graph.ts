import { didYouMean, isXincError, type Ops, XincError } from '@xinc/core';
import type { OnnxGraph, OnnxNode } from './graph.js';
import { elementwise } from './rules/elementwise.js';
import { layout } from './rules/layout.js';
import { pictures } from './rules/pictures.js';
import { products } from './rules/products.js';
import { NodeReader, type Rule, tensor, type Value } from './values.js';

/** Every ONNX operator that is read, in words of the tensor language. */
export const rules: Readonly<Record<string, Rule>> = { ...elementwise, ...layout, ...pictures, ...products };

/**
 * The network's output.
 * @param values its inputs and weights, by name
 * @throws XincError `unsupported` naming the node and its operator
 */
export function runGraph<T>(graph: OnnxGraph, ops: Ops<T>, values: Readonly<Record<string, T>>): T {
  const wholeOf = (name: string) => (graph.whole?.includes(name) ? 'integer' : undefined);
  const known = new Map<string, Value<T>>([
    ...Object.entries(graph.constants).map(([name, value]) => [name, { kind: 'static', value } as const] as const),
    ...Object.entries(values).map(([name, value]) => [name, tensor(value, wholeOf(name))] as const),
  ]);
  const rows = new Set(graph.inputs.flatMap(({ shape }) => shape.slice(0, -1).filter((extent) => extent !== null)));
  for (const node of graph.nodes) {
    const rule = rules[node.op];
    if (!rule) throw unknownOperator(node);
    const inputs = node.inputs.map((name) => (name === '' ? undefined : known.get(name)));
    const missing = node.inputs.find((name, i) => name !== '' && inputs[i] === undefined);
    if (missing !== undefined) {
      throw new XincError('invalid-file', `The node '${node.name}' reads '${missing}', which no node before it gives`, {
        subject: node.name,
      });
    }
    const results = applied(rule, new NodeReader(ops, node, rows, inputs, graph.opset));
    node.outputs.forEach((name, i) => {
      if (name !== '' && results[i]) known.set(name, results[i]);
    });
  }
  const output = known.get(graph.output);
  if (output?.kind === 'tensor') return output.value;
  throw new XincError('invalid-file', `The output '${graph.output}' depends on no input`, { subject: graph.output });
}

/** What a node gives; operands that do not fit are told with its name. */
function applied<T>(rule: Rule, node: NodeReader<T>): readonly Value<T>[] {
  try {
    return rule(node);
  } catch (error) {
    if (isXincError(error) && error.code === 'shape') throw node.refuse(error.message);
    throw error;
  }
}

/** Operators that no rule is written for, and why. */
const UNREAD: readonly { readonly names: RegExp; readonly why: string; readonly hint: string }[] = [
  {
    names: /^(QLinear|QuantizeLinear|DequantizeLinear|DynamicQuantize|MatMulInteger|ConvInteger)/,
    why: 'is of a quantised network',
    hint: 'Export the network as it was before, in float32.',
  },
  {
    names: /^(NonZero|Unique|Compress|NonMaxSuppression)$/,
    why: 'gives an array whose shape depends on values',
    hint: 'The shapes of a network have to be known before it runs: choose by Where, or before the export.',
  },
  {
    names: /^(Random|Multinomial|Bernoulli)/,
    why: 'draws random numbers',
    hint: 'Export the network after eval(), or draw them before, as an input.',
  },
  {
    names: /^(Loop|Scan|If)$/,
    why: 'is a loop or a branch',
    hint: 'Export the network with torch.onnx.export on example inputs, so that loops are unrolled.',
  },
];

function unknownOperator({ op, name }: OnnxNode): XincError {
  const known = UNREAD.find(({ names }) => names.test(op));
  return new XincError(
    'unsupported',
    known
      ? `The operator '${op}' of the node '${name}' ${known.why}, which is not read`
      : `The operator '${op}' of the node '${name}' is not known`,
    {
      subject: name,
      hint:
        known?.hint ?? (didYouMean(op, Object.keys(rules)) || 'Express it by operators that docs/networks.md lists.'),
    },
  );
}
