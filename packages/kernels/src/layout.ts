import { KernelError } from './errors.js';
import type { WasmExports } from './wasm/exports.js';
import { Allocations, type WasmMemory } from './wasm/memory.js';

/** Edges taken at a time; see assembly/layout.ts. */
const TOGETHER = 4;

/** Points in the plane, and the edges that draw them together. */
export interface LayoutSource {
  /** Where the points begin, x and y, [n, 2]. */
  readonly points: Float32Array;
  /** The point that each edge moves, and pushes away from points drawn at random, [edges]. */
  readonly heads: Int32Array;
  /** The point that it is drawn to, which moves as far, [edges]. */
  readonly tails: Int32Array;
  /** Its turns in one pass, in 0 … 1, [edges]. */
  readonly rates: Float32Array;
  /** Where the streams of random numbers begin, not all zeros, [16]. */
  readonly random: Uint32Array;
}

/** How the force between two points goes by their distance d: 1 / (1 + a · d^2b) is how near they are. */
export interface Curve {
  readonly a: number;
  readonly b: number;
}

/** Points on their way to where UMAP places them (McInnes et al. 2018, §3.2). Deterministic. */
export interface Layout {
  /**
   * One pass over the edges whose turn it is.
   * @param pass its number, from 1 on: an edge has had ⌊pass · rate⌋ turns after it
   * @param size the share of each force that points are moved by
   */
  pass(pass: number, size: number, curve: Curve): void;
  /** A copy of x and y of each, [n, 2]. */
  points(): Float32Array;
  dispose(): void;
}

export function openLayout(memory: WasmMemory, wasm: WasmExports, source: LayoutSource): Layout {
  const { heads, tails, rates } = source;
  const edges = heads.length;
  const count = source.points.length / 2;
  demand(source, count);
  const used = new Allocations(memory);
  return used.guard(() => {
    const whole = TOGETHER * Math.ceil(edges / TOGETHER);
    // Edges of no point to itself fill the last group.
    const filler = [edges, count];
    const [headsAt, tailsAt] = [heads, tails].map((ends) => {
      const at = used.allocate(4 * (edges + 1));
      const placed = memory.ints(at, edges + 1);
      placed.set(ends);
      placed[filler[0]] = filler[1];
      return at;
    });
    const ratesAt = used.zeros(4 * whole);
    memory.floats(ratesAt, edges).set(rates);
    const pointsAt = used.zeros(8 * (count + 1));
    memory.floats(pointsAt, 2 * count).set(source.points);
    const random = used.place(source.random);
    const due = used.allocate(4 * whole);
    return {
      pass(pass, size, { a, b }) {
        const turns = wasm.dueEdges(ratesAt, whole, pass, due);
        const groups = Math.ceil(turns / TOGETHER);
        memory.ints(due, whole).fill(edges, turns, TOGETHER * groups);
        wasm.moveAlong(due, groups, headsAt, tailsAt, pointsAt, count, a, b, size, random);
      },
      points: () => memory.floats(pointsAt, 2 * count).slice(),
      dispose: () => used.free(),
    };
  });
}

/** @throws KernelError where edges name no points, or lists differ in length */
function demand({ heads, tails, rates, random }: LayoutSource, count: number): void {
  if (tails.length !== heads.length || rates.length !== heads.length || random.length !== 16) {
    throw new KernelError(
      `A layout of ${heads.length} edges has ${tails.length} other ends, ${rates.length} rates and ${random.length} random numbers`,
    );
  }
  const within = (end: number) => end >= 0 && end < count;
  if (!heads.every(within) || !tails.every(within)) throw new KernelError(`An edge names none of the ${count} points`);
}
