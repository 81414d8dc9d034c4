import {
  type EnginePlugin,
  type Inr,
  type OnnxExport,
  type OnnxHalves,
  type Shapes,
  shapesOf,
  sizeOf,
} from '@xinc/core';
import { evaluationProgram, OUTPUT, pixelsAtOnce } from '@xinc/core/trace';
import type { NetworkView } from '@xinc/viewer-page';
import { Refusal } from '../http/refusal.js';

export function describeNetwork(inr: Inr): NetworkView {
  if (inr.sampling === 'frames') return { sampling: 'frames', perPixel: [] };
  // What has a row per pixel has two for two pixels.
  const [one, two] = [inr.inputs([0], new Uint32Array(1)), inr.inputs([0], new Uint32Array(2))];
  const perPixel = Object.keys(one).filter((name) => sizeOf(two[name].shape) > sizeOf(one[name].shape));
  // As many as the engines evaluate, so that a large picture fits the page's memory.
  return { sampling: 'pixels', pixelsAtOnce: pixelsAtOnce(inr), perPixel };
}

/** The network as ONNX, without weights. */
export async function exportGraph(inr: Inr, exportOnnx: NonNullable<EnginePlugin['exportOnnx']>): Promise<Uint8Array> {
  return exportOnnx(modelOf(inr));
}

/** Which half of the network is asked for. */
export interface AskedHalf {
  readonly half: 'before' | 'after';
  /** The parameters that change, in alphabetical order. */
  readonly changing: readonly string[];
}

/**
 * `?half=before&changing=NAME&changing=…`; `undefined` where the whole network is asked for.
 * @throws Refusal 400 for another half, and for parameters that the network does not have
 */
export function askedHalf(query: URLSearchParams, inr: Inr): AskedHalf | undefined {
  const half = query.get('half');
  if (half === null) return undefined;
  if (half !== 'before' && half !== 'after') {
    throw new Refusal(400, 'invalid-option', `half=${half}: a network has the halves 'before' and 'after'`);
  }
  const changing = [...new Set(query.getAll('changing'))].sort();
  const stranger = changing.find((name) => !inr.parameters.some((parameter) => parameter.name === name));
  if (stranger !== undefined)
    throw new Refusal(400, 'invalid-option', `changing=${stranger}: there is no such parameter`);
  return { half, changing };
}

/** That half as ONNX; no bytes where nothing can be cut off, or the engine does not cut. */
export async function exportHalf(
  inr: Inr,
  exportOnnxHalves: EnginePlugin['exportOnnxHalves'],
  { half, changing }: AskedHalf,
): Promise<Uint8Array> {
  const halves = await exportHalves(inr, exportOnnxHalves, changing);
  return halves?.[half] ?? new Uint8Array();
}

/** Both halves as ONNX; `null` where nothing can be cut off, or the engine does not cut. */
export async function exportHalves(
  inr: Inr,
  exportOnnxHalves: EnginePlugin['exportOnnxHalves'],
  changing: readonly string[],
): Promise<OnnxHalves | null> {
  return (await exportOnnxHalves?.(modelOf(inr), changing)) ?? null;
}

function modelOf(inr: Inr): OnnxExport {
  const parameters: Shapes = Object.fromEntries(inr.parameters.map(({ name, shape }) => [name, shape]));
  const inputs = inr.sampling === 'frames' ? inr.inputs([0]) : inr.inputs([0], new Uint32Array(pixelsAtOnce(inr)));
  return {
    program: evaluationProgram(inr),
    inputs: { ...parameters, ...shapesOf(inputs) },
    constants: {},
    outputs: [OUTPUT],
    metadata: {},
  };
}
