/** Rounds of a pass. Fewer move points too far from where the others were told to be; more are seldom better, and cost more meetings of threads. */
export const ROUNDS = 8;

/** Edges by the share and the round that they belong to. */
export interface Division {
  /** Share s moves the points from `firsts[s]` to before `firsts[s + 1]`. */
  readonly firsts: Int32Array;
  /** The edges of each round of each share, in their order: indices into the given lists. */
  readonly edges: readonly (readonly Int32Array[])[];
}

/**
 * Divides points into shares that have about as many turns of edges, and the edges of each into rounds. Both directions of an edge have the same round.
 * @param heads the point that each edge moves, [edges]
 * @param count points
 */
export function divideEdges(
  { heads, tails, rates }: { readonly heads: Int32Array; readonly tails: Int32Array; readonly rates: Float32Array },
  count: number,
  shares: number,
): Division {
  const turns = new Float64Array(count);
  for (let e = 0; e < heads.length; e++) turns[heads[e]] += rates[e];
  const shareOf = new Uint16Array(count);
  const firsts = new Int32Array(shares + 1).fill(count);
  firsts[0] = 0;
  const all = turns.reduce((sum, some) => sum + some, 0);
  let [share, before] = [0, 0];
  for (let i = 0; i < count; i++) {
    while (share < shares - 1 && before * shares >= all * (share + 1)) firsts[++share] = i;
    shareOf[i] = share;
    before += turns[i];
  }
  const sizes = new Int32Array(shares * ROUNDS);
  const cells = new Uint32Array(heads.length);
  for (let e = 0; e < heads.length; e++) {
    cells[e] = shareOf[heads[e]] * ROUNDS + roundOf(heads[e], tails[e]);
    sizes[cells[e]]++;
  }
  const lists = Array.from(sizes, (size) => new Int32Array(size));
  sizes.fill(0);
  for (let e = 0; e < heads.length; e++) lists[cells[e]][sizes[cells[e]]++] = e;
  return {
    firsts,
    edges: Array.from({ length: shares }, (_, s) => lists.slice(s * ROUNDS, (s + 1) * ROUNDS)),
  };
}

/** Of two points, in either order: as if drawn at random. */
function roundOf(one: number, other: number): number {
  const [low, high] = one < other ? [one, other] : [other, one];
  let mixed = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 12)) & (ROUNDS - 1);
}
