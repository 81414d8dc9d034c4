/** What assembly/index.ts exports. Pointers are byte offsets into `memory`. */
export interface WasmExports {
  readonly memory: WebAssembly.Memory;
  interleave(input: number, pixels: number, neurons: number, planes: number, planeBytes: number): void;
  pickByPhase(source: number, n: number, phases: number, lanePhases: number, target: number): void;
  separate(rows: number, height: number, lanes: number, buffer: number, target: number, mapBytes: number): void;
  atZero(program: number): number;
  reduce(job: number): void;
  sumGroups(cells: number, n: number): void;
  takeSums(sums: number, groups: number, target: number): void;
  multiply(a: number, b: number, c: number, m: number, k: number, panels: number): void;
  dueEdges(rates: number, count: number, pass: number, due: number): number;
  moveAlong(
    due: number,
    quarter: number,
    heads: number,
    tails: number,
    points: number,
    moved: number,
    count: number,
    a: number,
    b: number,
    size: number,
    random: number,
  ): void;
  orthonormalize(a: number, q: number, work: number, n: number): void;
  sumShifted(source: number, starts: number, weights: number, taps: number, target: number, blocks: number): void;
  nearest(vectors: number, count: number, dimensions: number, lanes: number, groups: number, labels: number): void;
  findNear(
    rows: number,
    m: number,
    k: number,
    columns: number,
    panels: number,
    halves: number,
    limits: number,
    found: number,
    room: number,
    counts: number,
  ): void;
  pickNearest(
    vectors: number,
    k: number,
    own: number,
    found: number,
    size: number,
    distances: number,
    order: number,
    count: number,
    nearest: number,
    apart: number,
  ): number;
  promote(source: number, n: number, target: number): void;
}
