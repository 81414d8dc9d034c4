import type { GraphNode } from '../graph/nodes.js';
import type { CustomTraceContext, ValuePlace } from '../inr.js';
import type { NdArray } from '../ndarray.js';
import type { TracedForward } from './program.js';

/** The values of one layer, by the names under which the network gives them: `layer2.input`, `layer2.preactivation`. */
export class LayerValues {
  readonly #names = new Map<GraphNode, string>();

  constructor(
    readonly layer: string,
    readonly traced: TracedForward,
    /** Those of all layers, to which this one's are added. */
    readonly places: Record<string, ValuePlace>,
  ) {}

  /** The parameter that a node is. */
  parameterOf(node: GraphNode): string | undefined {
    return node.kind === 'input' && this.traced.isParameter(node) ? node.name : undefined;
  }

  /** Names a value that is neither a parameter nor a constant. */
  record(role: string, node: GraphNode): string {
    const known = this.#names.get(node);
    if (known !== undefined) return known;
    const name = `${this.layer}.${role}`;
    this.places[name] = this.traced.placeOf(node);
    this.#names.set(node, name);
    return name;
  }

  /** A node's value in a trace. */
  read({ parameters, activations }: CustomTraceContext, node: GraphNode): NdArray {
    if (node.kind === 'constant') return node.value;
    const parameter = this.parameterOf(node);
    return parameter === undefined ? activations[this.#names.get(node)!] : parameters[parameter];
  }
}
