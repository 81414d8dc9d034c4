import { Access } from '../../src/access/access.js';
import type { LayerTrace } from '../../src/trace/layer-trace.js';
import { serverTrace } from '../../src/trace/server-trace.js';
import { TracePool } from '../../src/trace/trace-pool.js';

/* The page's tracing without its panels, for tests to ask. */

export interface Tracing {
  open(run: string, frame: number, layer: string): Promise<LayerTrace>;
}

declare global {
  interface Window {
    tracing: Tracing;
  }
}

const access = new Access(document.baseURI);
const pool = new TracePool();
window.tracing = {
  async open(id, frame, layer) {
    const run = await access.run(id);
    const view = run.layers.find((one) => one.id === layer)!;
    return view.kind === 'custom'
      ? serverTrace(access, run, frame, view)
      : pool.open(access.sourceAddress(run, frame, layer));
  },
};
