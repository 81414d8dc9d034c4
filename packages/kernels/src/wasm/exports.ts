/** What assembly/index.ts exports. Pointers are byte offsets into `memory`. */
export interface WasmExports {
  readonly memory: WebAssembly.Memory;
  activate(at: number, vectors: number, code: number): void;
  fill(target: number, vectors: number, value: number): void;
  respond(
    input: number,
    stride: number,
    y0: number,
    y1: number,
    x0: number,
    x1: number,
    k: number,
    weights: number,
    bias: number,
    target: number,
  ): void;
  scatter(
    source: number,
    y0: number,
    x0: number,
    h: number,
    w: number,
    s: number,
    cells: number,
    target: number,
    top: number,
    left: number,
    height: number,
    width: number,
  ): void;
  smoothRows(
    source: number,
    rows: number,
    width: number,
    target: number,
    outWidth: number,
    offset: number,
    count: number,
    weights: number,
    taps: number,
  ): void;
  smoothRows2x3(source: number, rows: number, width: number, target: number): void;
  smoothColumns(
    source: number,
    width: number,
    target: number,
    outRows: number,
    offset: number,
    count: number,
    weights: number,
    taps: number,
  ): void;
  reduce(job: number): void;
  addLanes(source: number, vectors: number, target: number): void;
  separate(source: number, rows: number, width: number, lanes: number, target: number, bytesPerMap: number): void;
}
