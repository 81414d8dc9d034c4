import { type Graph, type GraphNode, type InputNode, type NamedNodes, reachable, rewrite } from '@xinc/core/graph';
import { dependentsOn } from './dependents.js';

/** A graph cut in two: what can be computed before the changing inputs are known, and the rest. */
export interface HoistedGraph {
  readonly graph: Graph;
  /** What depends on no changing input, by the names under which `main` reads it. */
  readonly prelude: NamedNodes;
  /** The outputs as functions of the inputs and of the prelude's values, as inputs named `hoisted:0`, … */
  readonly main: NamedNodes;
}

/**
 * Hoists out of `outputs` all that does not depend on a changing input. The cut runs below reshapes and broadcasts, which
 * cost nothing to repeat and would only make what is kept larger; inputs are left alone.
 */
export function hoist(graph: Graph, outputs: NamedNodes, changes: (input: InputNode) => boolean): HoistedGraph {
  const nodes = reachable(Object.values(outputs));
  const changing = dependentsOn(nodes, changes);
  const hasInput = dependentsOn(nodes, () => true);
  const inline = (node: GraphNode) =>
    node.kind !== 'operation' ||
    changing.has(node) ||
    !hasInput.has(node) ||
    node.op === 'reshape' ||
    node.op === 'broadcastTo';

  const cut = new Set<GraphNode>();
  const visited = new Set<GraphNode>();
  const descend = (node: GraphNode) => {
    if (visited.has(node)) return;
    visited.add(node);
    if (!inline(node)) cut.add(node);
    else if (node.kind === 'operation') node.inputs.forEach(descend);
  };
  Object.values(outputs).forEach(descend);

  const boundary = nodes.filter((node) => cut.has(node));
  const stubs = new Map(boundary.map((node, i) => [node, graph.input(`hoisted:${i}`, node.shape)]));
  return {
    graph,
    prelude: Object.fromEntries(boundary.map((node) => [stubs.get(node)!.name, node])),
    main: rewrite(graph, outputs, (node) => stubs.get(node)),
  };
}
