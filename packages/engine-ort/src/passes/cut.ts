import { type Graph, type GraphNode, type NamedNodes, reachable, rewrite } from '@xinc/core/graph';
import { dependentsOn } from './dependents.js';

/**
 * Cuts a graph where some of its inputs begin to matter.
 * @param changing names of inputs
 * @returns what is computed before, under names of its own, and the outputs computed from that; `null` where nothing can be
 *   cut off: everything depends on these inputs, or an output does not
 */
export function cut(
  graph: Graph,
  outputs: NamedNodes,
  changing: readonly string[],
): { readonly before: NamedNodes; readonly after: NamedNodes } | null {
  const nodes = reachable(Object.values(outputs));
  const reached = dependentsOn(nodes, ({ name }) => changing.includes(name));
  const passed = new Map<GraphNode, string>();
  for (const node of nodes) {
    if (node.kind !== 'operation' || !reached.has(node)) continue;
    for (const input of node.inputs) {
      if (input.kind === 'operation' && !reached.has(input)) passed.set(input, `passed:${input.id}`);
    }
  }
  if (passed.size === 0 || Object.values(outputs).some((node) => !reached.has(node))) return null;
  return {
    before: Object.fromEntries([...passed].map(([node, name]) => [name, node])),
    after: rewrite(graph, outputs, (node) => {
      const name = passed.get(node);
      return name === undefined ? undefined : graph.input(name, node.shape);
    }),
  };
}
