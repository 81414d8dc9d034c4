import type { GraphNode, InputNode } from '@xinc/core/graph';

/**
 * Inputs that are meant, and what is computed from them.
 * @param nodes what each reads before it, as `reachable` gives them
 */
export function dependentsOn(nodes: readonly GraphNode[], isMeant: (input: InputNode) => boolean): Set<GraphNode> {
  const dependents = new Set<GraphNode>();
  for (const node of nodes) {
    if (node.kind === 'input' && isMeant(node)) dependents.add(node);
    if (node.kind === 'operation' && node.inputs.some((input) => dependents.has(input))) dependents.add(node);
  }
  return dependents;
}
