import { KernelError } from './errors.js';
import { divideEdges, ROUNDS } from './layout-division.js';
import type { WasmExports } from './wasm/exports.js';
import { Allocations, type WasmMemory } from './wasm/memory.js';

/** Edges taken at a time; see assembly/layout.ts. */
const TOGETHER = 4;
/** Numbers that the four streams of a share begin with. */
const STREAMS = 16;

/** Points in the plane, and the edges that draw them together. Its arrays may be shared between threads. */
export interface LayoutSource {
  /** Where the points begin, x and y, [n, 2]. */
  readonly points: Float32Array;
  /** The point that each edge moves, and pushes away from points drawn at random, [edges]. */
  readonly heads: Int32Array;
  /** The point that it is drawn to, [edges]; this is drawn to it by the same edge in the other direction, which is listed too. */
  readonly tails: Int32Array;
  /** Its turns in one pass, in 0 … 1, [edges]; in both directions the same. */
  readonly rates: Float32Array;
  /** Where streams of random numbers begin, not all zeros, [shares, 16]: points are moved in so many shares, by as many threads at most. */
  readonly random: Uint32Array;
}

/** Which of all shares: every `of`-th from the `index`-th on. */
export interface LayoutPart {
  readonly index: number;
  readonly of: number;
}

/** How the force between two points goes by their distance d: 1 / (1 + a · d^2b) is how near they are. */
export interface Curve {
  readonly a: number;
  readonly b: number;
}

/**
 * Points on their way to where UMAP places them (McInnes et al. 2018, §3.2), or a part of them, while other threads move the others. A pass is
 * several rounds, in each of which points see where the others were before it: so they end in the same places, to the last bit, in
 * however many parts they are moved.
 */
export interface Layout {
  /** Rounds of a pass. */
  readonly rounds: number;
  /**
   * Moves this part's points along the edges of a round whose turn it is.
   * @param pass its number, from 1 on: an edge has had ⌊pass · rate⌋ turns after it
   * @param round 0 … rounds − 1
   * @param size the share of each force that points are moved by
   */
  move(pass: number, round: number, size: number, curve: Curve): void;
  /** Writes x and y of this part's points into those of all, [n, 2]. */
  give(places: Float32Array): void;
  /** Learns where all points are, [n, 2], its own among them. */
  take(places: Float32Array): void;
  dispose(): void;
}

export function openLayout(memory: WasmMemory, wasm: WasmExports, source: LayoutSource, part: LayoutPart): Layout {
  const count = source.points.length / 2;
  demand(source, part, count);
  const used = new Allocations(memory);
  return used.guard(() => {
    const shares = placeShares(memory, used, source, part);
    // One point more is at both ends of the edges that fill the last four.
    const bytes = 8 * (count + 1);
    const pointsAt = used.zeros(bytes);
    const movedAt = used.zeros(bytes);
    const pointsOf = (first: number, end: number, at = pointsAt) => memory.floats(at + 8 * first, 2 * (end - first));
    const take = (places: Float32Array) => {
      pointsOf(0, count).set(places);
      for (const { first, end } of shares) pointsOf(first, end, movedAt).set(pointsOf(first, end));
    };
    take(source.points);
    return {
      rounds: ROUNDS,
      move(pass, round, size, { a, b }) {
        for (const { rounds, random } of shares) {
          const { edges, heads, tails, rates, due } = rounds[round];
          const fours = wasm.dueEdges(rates, edges, pass, due);
          wasm.moveAlong(due, fours, heads, tails, pointsAt, movedAt, count, a, b, size, random);
        }
        const all = memory.floats(0, (movedAt + bytes) / 4);
        for (const { first, end } of shares) {
          all.copyWithin(pointsAt / 4 + 2 * first, movedAt / 4 + 2 * first, movedAt / 4 + 2 * end);
        }
      },
      give(places) {
        for (const { first, end } of shares) places.set(pointsOf(first, end), 2 * first);
      },
      take,
      dispose: () => used.free(),
    };
  });
}

/** A share in the memory of WebAssembly. */
interface PlacedShare {
  readonly first: number;
  readonly end: number;
  readonly random: number;
  readonly rounds: readonly {
    /** A multiple of `TOGETHER`; one more, which is never due, is of no point to itself. */
    readonly edges: number;
    readonly heads: number;
    readonly tails: number;
    readonly rates: number;
    readonly due: number;
  }[];
}

function placeShares(
  memory: WasmMemory,
  used: Allocations,
  source: LayoutSource,
  { index, of }: LayoutPart,
): PlacedShare[] {
  const { heads, tails, rates, random } = source;
  const count = source.points.length / 2;
  const shares = random.length / STREAMS;
  const { firsts, edges } = divideEdges(source, count, shares);
  const most = edges.flat().reduce((longest, { length }) => Math.max(longest, length), 0);
  const due = used.allocate(4 * (most + TOGETHER));
  const placed: PlacedShare[] = [];
  for (let share = index; share < shares; share += of) {
    const rounds = edges[share].map((own) => {
      const whole = TOGETHER * Math.ceil(own.length / TOGETHER);
      const [headsAt, tailsAt] = [heads, tails].map((ends) => {
        const at = used.allocate(4 * (whole + 1));
        const ints = memory.ints(at, whole + 1).fill(count);
        for (let k = 0; k < own.length; k++) ints[k] = ends[own[k]];
        return at;
      });
      const ratesAt = used.zeros(4 * whole);
      const floats = memory.floats(ratesAt, whole);
      for (let k = 0; k < own.length; k++) floats[k] = rates[own[k]];
      return { edges: whole, heads: headsAt, tails: tailsAt, rates: ratesAt, due };
    });
    const streams = random.slice(share * STREAMS, (share + 1) * STREAMS);
    placed.push({ first: firsts[share], end: firsts[share + 1], random: used.place(streams), rounds });
  }
  return placed;
}

/** @throws KernelError where edges name no points, lists differ in length, or there is no such part */
function demand({ heads, tails, rates, random }: LayoutSource, { index, of }: LayoutPart, count: number): void {
  if (tails.length !== heads.length || rates.length !== heads.length || !random.length || random.length % STREAMS) {
    throw new KernelError(
      `A layout of ${heads.length} edges has ${tails.length} other ends, ${rates.length} rates and ${random.length} random numbers`,
    );
  }
  if (!(Number.isInteger(index) && Number.isInteger(of) && index >= 0 && index < of)) {
    throw new KernelError(`A layout has no part ${index} of ${of}`);
  }
  const within = (end: number) => end >= 0 && end < count;
  if (!heads.every(within) || !tails.every(within)) throw new KernelError(`An edge names none of the ${count} points`);
}
