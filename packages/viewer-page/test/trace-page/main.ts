import { openAccess } from '../../src/access/open-access.js';
import type { LayerTrace } from '../../src/trace/layer-trace.js';
import { openLayer } from '../../src/trace/open-layer.js';
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

const access = openAccess(document);
const pool = new TracePool();
window.tracing = {
  async open(id, frame, layer) {
    const run = await access.run(id);
    const view = run.layers.find((one) => one.id === layer)!;
    return openLayer(access, pool, run, frame, view, new AbortController().signal);
  },
};
