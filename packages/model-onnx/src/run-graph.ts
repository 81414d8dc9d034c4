import { didYouMean, type Ops, XincError } from '@xinc/core';
import type { OnnxGraph } from './graph.js';
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
  const known = new Map<string, Value<T>>([
    ...Object.entries(graph.constants).map(([name, value]) => [name, { kind: 'static', value } as const] as const),
    ...Object.entries(values).map(([name, value]) => [name, tensor(value)] as const),
  ]);
  const rows = new Set(graph.inputs.flatMap(({ shape }) => shape.slice(0, -1).filter((extent) => extent !== null)));
  for (const node of graph.nodes) {
    const rule = rules[node.op];
    if (!rule) {
      throw new XincError('unsupported', `The operator '${node.op}' of the node '${node.name}' is not known`, {
        subject: node.name,
        hint: didYouMean(node.op, Object.keys(rules)) || 'Express it by operators that docs/networks.md lists.',
      });
    }
    const inputs = node.inputs.map((name) => (name === '' ? undefined : known.get(name)));
    const missing = node.inputs.find((name, i) => name !== '' && inputs[i] === undefined);
    if (missing !== undefined) {
      throw new XincError('invalid-file', `The node '${node.name}' reads '${missing}', which no node before it gives`, {
        subject: node.name,
      });
    }
    const results = rule(new NodeReader(ops, node, rows, inputs, graph.opset));
    node.outputs.forEach((name, i) => {
      if (name !== '' && results[i]) known.set(name, results[i]);
    });
  }
  const output = known.get(graph.output);
  if (output?.kind === 'tensor') return output.value;
  throw new XincError('invalid-file', `The output '${graph.output}' depends on no input`, { subject: graph.output });
}
