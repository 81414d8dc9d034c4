import type { Shape } from '@xinc/core';
import { type NamedNodes, type OpAttributes, reachable } from '@xinc/core/graph';
import type { OwnAttributes } from './own-operations.js';

export type StepAttributes = OpAttributes & OwnAttributes;
export type StepOp = keyof StepAttributes;

export interface StepOperation<K extends StepOp = StepOp> {
  readonly kind: 'operation';
  readonly op: K;
  /** Places of what it reads, all before its own. */
  readonly inputs: readonly number[];
  readonly attributes: StepAttributes[K];
  readonly shape: Shape;
}

export type StepNode =
  | { readonly kind: 'input'; readonly name: string; readonly shape: Shape }
  | { readonly kind: 'constant'; readonly data: Float32Array; readonly shape: Shape }
  | { [K in StepOp]: StepOperation<K> }[StepOp];

/** A graph as a list, which can be sent to a thread. */
export interface StepGraph {
  readonly nodes: readonly StepNode[];
  /** Places of the outputs. */
  readonly outputs: Readonly<Record<string, number>>;
}

/** Without what else is in the memory of which they are a window: all of it would be sent. */
const alone = (data: Float32Array): Float32Array => (data.buffer.byteLength === data.byteLength ? data : data.slice());

export function listNodes(outputs: NamedNodes): StepGraph {
  const nodes = reachable(Object.values(outputs));
  const places = new Map(nodes.map((node, place) => [node, place]));
  return {
    nodes: nodes.map((node): StepNode => {
      const { kind, shape } = node;
      if (kind === 'input') return { kind, name: node.name, shape };
      if (kind === 'constant') return { kind, data: alone(node.value.data), shape };
      const inputs = node.inputs.map((input) => places.get(input)!);
      return { kind, op: node.op, inputs, attributes: node.attributes, shape } as StepNode;
    }),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, node]) => [name, places.get(node)!])),
  };
}
