import { XincError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import { type GradientRule, type GradientRules, gradientRules } from '../ops/gradients.js';
import type { OpName } from '../ops/ops.js';
import { type Graph, reachable } from './graph.js';
import type { GraphNode } from './nodes.js';

/**
 * Reverse-mode differentiation (backpropagation): ∂loss/∂node for each node of `wrt`, as new nodes of the graph. It is
 * the constant zero where the loss does not depend on the node.
 * @param rules by operation; an engine may have its own
 * @throws XincError `shape` if the loss is not a scalar.
 */
export function differentiate(
  graph: Graph,
  loss: GraphNode,
  wrt: readonly GraphNode[],
  rules: GradientRules = gradientRules,
): GraphNode[] {
  if (loss.shape.length > 0) {
    throw new XincError('shape', `The loss to differentiate has shape ${formatShape(loss.shape)}, not scalar`, {
      hint: 'Reduce it with mean or sum.',
    });
  }
  const order = reachable([loss]);
  const dependent = new Set<GraphNode>(wrt);
  for (const node of order) {
    if (node.kind === 'operation' && node.inputs.some((input) => dependent.has(input))) dependent.add(node);
  }

  const gradients = new Map<GraphNode, GraphNode>([[loss, graph.ops.constant(1)]]);
  for (const node of order.reverse()) {
    const gradient = gradients.get(node);
    if (!gradient || node.kind !== 'operation' || !dependent.has(node)) continue;
    const rule = rules[node.op] as GradientRule<OpName>;
    const contributions = rule<GraphNode>({
      ops: graph.ops,
      inputs: node.inputs,
      output: node,
      gradient,
      attributes: node.attributes,
    });
    node.inputs.forEach((input, i) => {
      const contribution = contributions[i];
      if (contribution === null || !dependent.has(input)) return;
      const known = gradients.get(input);
      gradients.set(input, known ? graph.ops.add(known, contribution) : contribution);
    });
  }
  return wrt.map((node) => gradients.get(node) ?? graph.ops.broadcastTo(graph.ops.constant(0), node.shape));
}
