/** Edges between vectors that are near each other, in both directions, from row to row. */
export interface FuzzyGraph {
  /** Vectors, by both names that umap-js asks for: how many passes it makes, and how many points edges are pushed from. */
  readonly nRows: number;
  readonly nCols: number;
  /** [edges] */
  readonly head: Int32Array;
  /** [edges] */
  readonly tail: Int32Array;
  /** In (0, 1], [edges] */
  readonly weights: Float32Array;
}

/**
 * The fuzzy union of the neighbourhoods (McInnes et al. 2018, §3.1): w = a + b − a·b, where a is how strongly one vector
 * belongs to the other's neighbours and b how strongly the other belongs to its.
 * @param indices of the neighbours of each of `n` vectors, [n, k]
 * @param strengths in 0 … 1, [n, k]
 */
export function fuzzyUnion(indices: Int32Array, strengths: ArrayLike<number>, n: number): FuzzyGraph {
  const k = indices.length / n;
  const edges = new Edges(2 * indices.length);
  const seen = seenBy(indices, n);
  // Both memberships of the vector at hand, by the other vector.
  const [own, others] = [new Float32Array(n), new Float32Array(n)];
  for (let i = 0; i < n; i++) {
    for (let e = i * k; e < (i + 1) * k; e++) own[indices[e]] = strengths[e];
    for (let at = seen.starts[i]; at < seen.starts[i + 1]; at++) {
      const edge = seen.edges[at];
      others[Math.floor(edge / k)] = strengths[edge];
    }
    const join = (j: number) => {
      const [a, b] = [own[j], others[j]];
      own[j] = others[j] = 0;
      const weight = a + b - a * b;
      if (weight > 0) edges.add(j, i, weight);
    };
    for (let e = i * k; e < (i + 1) * k; e++) join(indices[e]);
    for (let at = seen.starts[i]; at < seen.starts[i + 1]; at++) join(Math.floor(seen.edges[at] / k));
  }
  return edges.graph(n);
}

/** The edges that are strong enough to be drawn from once in so many passes. */
export function strongEnough({ nCols, head, tail, weights }: FuzzyGraph, passes: number): FuzzyGraph {
  const least = weights.reduce((most, weight) => Math.max(most, weight), 0) / passes;
  const edges = new Edges(weights.length);
  for (let e = 0; e < weights.length; e++) if (weights[e] >= least) edges.add(head[e], tail[e], weights[e]);
  return edges.graph(nCols);
}

/** Which entries of `indices` name each vector: those of i are from `starts[i]` to before `starts[i + 1]`. */
function seenBy(indices: Int32Array, n: number): { starts: Int32Array; edges: Int32Array } {
  const starts = new Int32Array(n + 1);
  for (const j of indices) starts[j + 1]++;
  for (let i = 0; i < n; i++) starts[i + 1] += starts[i];
  const next = starts.slice();
  const edges = new Int32Array(indices.length);
  for (let e = 0; e < indices.length; e++) edges[next[indices[e]]++] = e;
  return { starts, edges };
}

class Edges {
  readonly #head: Int32Array;
  readonly #tail: Int32Array;
  readonly #weights: Float32Array;
  #count = 0;

  constructor(most: number) {
    this.#head = new Int32Array(most);
    this.#tail = new Int32Array(most);
    this.#weights = new Float32Array(most);
  }

  add(head: number, tail: number, weight: number): void {
    this.#head[this.#count] = head;
    this.#tail[this.#count] = tail;
    this.#weights[this.#count++] = weight;
  }

  graph(vectors: number): FuzzyGraph {
    const [head, tail, weights] = [this.#head, this.#tail, this.#weights].map((all) => all.slice(0, this.#count));
    return {
      nRows: vectors,
      nCols: vectors,
      head: head as Int32Array,
      tail: tail as Int32Array,
      weights: weights as Float32Array,
    };
  }
}
