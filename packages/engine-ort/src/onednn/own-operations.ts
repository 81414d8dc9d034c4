import type { Shape } from '@xinc/core';
import {
  type ConvolutionAttributes,
  type GradientRules,
  type Graph,
  type GraphNode,
  gradientRules,
  type NamedNodes,
  reachable,
} from '@xinc/core/graph';

/**
 * Gradients that oneDNN has as one operation, where the rules of core make them of many. Their first input says where they are
 * taken: the kernel for `inputGradient`, what went in for `kernelGradient` and `geluGradient`, what came out for `reluGradient`; the second
 * is the gradient that comes back.
 */
export interface OwnAttributes {
  inputGradient: ConvolutionAttributes;
  kernelGradient: ConvolutionAttributes;
  geluGradient: Record<never, never>;
  reluGradient: Record<never, never>;
}

type OwnName = keyof OwnAttributes;

const OWN: ReadonlySet<string> = new Set<OwnName>(['inputGradient', 'kernelGradient', 'geluGradient', 'reluGradient']);

/**
 * The rules of core, with own operations for what oneDNN has.
 * @param graph the one that is differentiated
 */
export function ownGradientRules(graph: Graph): GradientRules {
  // A graph's operations are those of core's language. These are nodes of a graph between its differentiation and its plan alone: what
  // goes over it in between takes operations that it does not know as they are.
  const own = <K extends OwnName>(op: K, inputs: readonly GraphNode[], attributes: OwnAttributes[K], shape: Shape) =>
    graph.operation(op as never, inputs, attributes as never, shape);
  const conv2d = ({ inputs: [x, kernel], gradient, attributes }: Backward<ConvolutionAttributes>) => [
    own('inputGradient', [kernel, gradient], attributes, x.shape),
    own('kernelGradient', [x, gradient], attributes, kernel.shape),
  ];
  const gelu = ({ inputs: [x], gradient }: Backward) => [own('geluGradient', [x, gradient], {}, x.shape)];
  const relu = ({ output, gradient }: Backward) => [own('reluGradient', [output, gradient], {}, output.shape)];
  // Rules are written for any engine's values, and these for nodes.
  return { ...gradientRules, ...({ conv2d, gelu, relu } as unknown as Partial<GradientRules>) };
}

interface Backward<A = unknown> {
  readonly inputs: readonly GraphNode[];
  readonly output: GraphNode;
  readonly gradient: GraphNode;
  readonly attributes: A;
}

/** Whether an own operation is among what these are computed from. */
export function hasOwnOperations(outputs: NamedNodes): boolean {
  return reachable(Object.values(outputs)).some((node) => node.kind === 'operation' && OWN.has(node.op));
}
