import type { Activation, PlanesSource } from '../layer.js';
import type { PointwiseProgram } from '../pointwise-program.js';
import { axisOf, composeAxes, isSelection, type PhasedAxis, scatterAxis, tapsOf } from './axis-sums.js';

interface NodeBase {
  readonly height: number;
  readonly width: number;
  /** Applied to what the node makes, in order. */
  readonly functions: (Activation | PointwiseProgram)[];
  /** How many read the result. */
  users: number;
}

/** Planes as they are computed: fewer than the steps say, since some are one. */
export type PlaneNode = NodeBase &
  (
    | { readonly kind: 'start' }
    | { readonly kind: 'weighted'; readonly of: PlaneNode; rows: PhasedAxis; columns: PhasedAxis }
    | {
        readonly kind: 'sum';
        readonly a: PlaneNode;
        readonly aSign: number;
        readonly b: PlaneNode | undefined;
        readonly bSign: number;
      }
    | { readonly kind: 'factor'; readonly of: PlaneNode; readonly by: Float32Array; readonly divide: boolean }
  );

type WeightedNode = Extract<PlaneNode, { kind: 'weighted' }>;

/**
 * The planes that the picture is made of, each behind those that it reads; the picture's is the last. Sums along axes that follow
 * one another become one where that is less work; a function belongs to what it follows, and comes before a repetition or
 * a scattering, on fewer values: it gives 0 for 0.
 */
export function planGraph({ start, steps, picture }: PlanesSource): PlaneNode[] {
  const users = usersOf(steps, picture);
  const nodes: PlaneNode[] = [];
  const add = <N extends PlaneNode>(node: N): N => {
    nodes.push(node);
    return node;
  };
  const nodeOf: (PlaneNode | undefined)[] = [
    add({ kind: 'start', height: start.height, width: start.width, functions: [], users: users[0] }),
  ];
  for (const [i, step] of steps.entries()) {
    const own = users[i + 1];
    nodeOf.push(own === 0 ? undefined : make(step, own));
  }
  return nodes;

  function make(step: PlanesSource['steps'][number], own: number): PlaneNode {
    if (step.kind === 'sum') return sum(step.of, own);
    const of = nodeOf[step.of]!;
    const { height, width } = of;
    if (step.kind === 'factor') {
      return add({ kind: 'factor', of, by: step.by, divide: step.divide, height, width, functions: [], users: own });
    }
    if (step.kind === 'function') {
      const node =
        of.users === 1
          ? of
          : add({ kind: 'sum', a: of, aSign: 1, b: undefined, bSign: 0, height, width, functions: [], users: own });
      node.users = own;
      placeOf(node).functions.push(step.f);
      return node;
    }
    const [rows, columns] =
      step.kind === 'scatter'
        ? [scatterAxis(height, step.scale), scatterAxis(width, step.scale)]
        : [axisOf(step.rows, height), axisOf(step.columns, width)];
    return weighted(of, rows, columns, own);
  }

  function sum(of: readonly { readonly plane: number; readonly sign: 1 | -1 }[], own: number): PlaneNode {
    const [first, ...others] = of;
    let [node, sign] = [nodeOf[first.plane]!, first.sign as number];
    const { height, width } = node;
    const last = others.length - 1;
    if (last < 0) {
      return add({
        kind: 'sum',
        a: node,
        aSign: sign,
        b: undefined,
        bSign: 0,
        height,
        width,
        functions: [],
        users: own,
      });
    }
    for (const [i, other] of others.entries()) {
      const b = nodeOf[other.plane]!;
      const more = { height, width, functions: [], users: i === last ? own : 1 };
      node = add({ kind: 'sum', a: node, aSign: sign, b, bSign: other.sign, ...more });
      sign = 1;
    }
    return node;
  }

  function weighted(of: PlaneNode, rows: PhasedAxis, columns: PhasedAxis, own: number): PlaneNode {
    const [height, width] = [rows.outputs.length, columns.outputs.length];
    if (of.kind === 'weighted' && of.users === 1 && of.functions.length === 0 && rows.phases === 1) {
      const joined = { rows: composeAxes(of.rows, rows), columns: composeAxes(of.columns, columns) };
      if (workOf(joined) <= workOf(of) + workOf({ rows, columns })) {
        return Object.assign(of, { ...joined, height, width, users: own });
      }
    }
    return add({ kind: 'weighted', of, rows, columns, height, width, functions: [], users: own });
  }
}

/** Where a function that follows a node is applied. */
function placeOf(node: PlaneNode): PlaneNode {
  if (node.kind !== 'weighted' || node.functions.length > 0 || node.of.users > 1) return node;
  return isSelection(node.rows) && isSelection(node.columns) ? placeOf(node.of) : node;
}

/** Products that the sums take. */
function workOf({ rows, columns }: Pick<WeightedNode, 'rows' | 'columns'>): number {
  const width = columns.outputs.length;
  return rows.inputs * width * tapsOf(columns) + rows.outputs.length * width * tapsOf(rows);
}

/** How many steps that the picture is made of read each plane; the picture itself is read once. */
function usersOf(steps: PlanesSource['steps'], picture: number): number[] {
  const users = new Array<number>(steps.length + 1).fill(0);
  users[picture] = 1;
  for (let i = steps.length - 1; i >= 0; i--) {
    if (users[i + 1] === 0) continue;
    const step = steps[i];
    for (const plane of step.kind === 'sum' ? step.of.map((part) => part.plane) : [step.of]) users[plane]++;
  }
  return users;
}
