import type { Access } from '../access/access.js';
import type { LayerView, RunView } from '../api.js';
import type { LayerTrace } from './layer-trace.js';
import { serverTrace } from './server-trace.js';
import type { TracePool } from './trace-pool.js';

/** Opens a layer on a frame for tracing, in the page or in the server. */
export async function openLayer(
  access: Access,
  pool: TracePool,
  run: RunView,
  frame: number,
  layer: LayerView,
  signal: AbortSignal,
): Promise<LayerTrace> {
  return layer.traced === 'server'
    ? serverTrace(access, run, frame, layer)
    : pool.open(access.sourceAddress(run, frame, layer.id), signal);
}
