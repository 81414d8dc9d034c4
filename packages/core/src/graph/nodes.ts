import type { NdArray, Shape } from '../ndarray.js';
import type { OpAttributes, OpName, Ops } from '../ops/ops.js';

interface NodeBase {
  /** Nodes are numbered as they are made, so ascending ids are a topological order. */
  readonly id: number;
  readonly shape: Shape;
}

export interface InputNode extends NodeBase {
  readonly kind: 'input';
  readonly name: string;
}

export interface ConstantNode extends NodeBase {
  readonly kind: 'constant';
  readonly value: NdArray;
}

export interface Operation<K extends OpName> extends NodeBase {
  readonly kind: 'operation';
  readonly op: K;
  readonly inputs: readonly GraphNode[];
  readonly attributes: OpAttributes[K];
}

/** A union over the operations, so that testing `op` tells the attributes. */
export type OperationNode = { [K in OpName]: Operation<K> }[OpName];
export type GraphNode = InputNode | ConstantNode | OperationNode;
export type NamedNodes = Readonly<Record<string, GraphNode>>;

/** What makes the nodes of a graph. */
export interface MakesNodes {
  readonly ops: Ops<GraphNode>;
  constant(value: NdArray): ConstantNode;
  operation<K extends OpName>(
    op: K,
    inputs: readonly GraphNode[],
    attributes: OpAttributes[K],
    shape: Shape,
  ): GraphNode;
}
