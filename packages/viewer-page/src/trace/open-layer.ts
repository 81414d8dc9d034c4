import type { Access } from '../access/access.js';
import type { LayerView, RunView } from '../api.js';
import type { LayerTrace } from './layer-trace.js';
import { serverTrace } from './server-trace.js';
import type { TracePool } from './trace-pool.js';

/** Opens a layer on a frame for tracing: by the page's threads, or by maps that are asked for. */
export async function openLayer(
  access: Access,
  pool: TracePool,
  run: RunView,
  frame: number,
  layer: LayerView,
  signal: AbortSignal,
): Promise<LayerTrace> {
  if (layer.traced === 'server') return serverTrace(access, run, frame, layer);
  const name = JSON.stringify([run.id, run.weightsVersion, frame, layer.id]);
  return pool.open({ name, bytes: (abort) => access.layerSource(run, frame, layer.id, abort) }, signal);
}
