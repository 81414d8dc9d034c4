import type { Region } from '@xinc/kernels';
import { XincError } from '../errors.js';
import type { Network } from '../network.js';
import { oneAhead } from '../one-ahead.js';
import type { KernelPool } from './contribution-source.js';
import { activationsOf, openLayer } from './open-layer.js';
import { type Tile, tilesOf } from './tiles.js';
import type { TraceableLayer } from './traceable-layers.js';

export interface MapOptions {
  readonly region?: Region;
  readonly channels?: boolean;
}

/** Part of some maps. */
export interface MapPiece {
  /** Which planes of [n, height, width], or of [n, 3, height, width], counted over the first axes. */
  readonly planes: readonly number[];
  /** The first pixel of each plane that is here. */
  readonly offset: number;
  /** Pixels of each plane that are here, whole rows of them. */
  readonly pixels: number;
  /** [planes, pixels] */
  readonly values: Float32Array;
}

/** Maps that were asked for, and that there are. */
interface WantedMaps {
  readonly frame: number;
  readonly neurons: readonly number[];
  readonly region: Region;
  /** Planes of each neuron. */
  readonly channels: number;
  /** Whether planes are of channels. */
  readonly apart?: boolean;
}

/** Values of maps computed at once, 16 MB. */
const VALUES_AT_ONCE = 1 << 22;

/**
 * Signed maps of some neurons of a layer on a frame, [n, height, width] or [n, 3, height, width].
 * @throws XincError as `Tracer.maps`
 */
export async function layerMaps(
  network: Network,
  pool: KernelPool,
  layer: TraceableLayer,
  frame: number,
  neurons: readonly number[],
  options: MapOptions,
): Promise<Float32Array> {
  const wanted = checkWanted(network, layer, frame, neurons, options);
  const area = wanted.region.height * wanted.region.width;
  const out = new Float32Array(neurons.length * wanted.channels * area);
  for await (const { planes, offset, pixels, values } of piecesOf(network, pool, layer, wanted)) {
    for (const [i, plane] of planes.entries()) {
      out.set(values.subarray(i * pixels, (i + 1) * pixels), plane * area + offset);
    }
  }
  return out;
}

/**
 * The same maps in pieces.
 * @throws XincError as `Tracer.maps`, at once
 */
export function layerMapPieces(
  network: Network,
  pool: KernelPool,
  layer: TraceableLayer,
  frame: number,
  neurons: readonly number[],
  options: MapOptions,
): AsyncIterable<MapPiece> {
  return piecesOf(network, pool, layer, checkWanted(network, layer, frame, neurons, options));
}

function checkWanted(
  { inr: { signal } }: Network,
  { hook, info }: TraceableLayer,
  frame: number,
  neurons: readonly number[],
  { region = { top: 0, left: 0, height: signal.height, width: signal.width }, channels }: MapOptions,
): WantedMaps {
  for (const neuron of neurons) {
    if (Number.isInteger(neuron) && neuron >= 0 && neuron < info.neurons) continue;
    throw new XincError('invalid-option', `Layer '${info.id}' has no neuron ${neuron}`, {
      subject: String(neuron),
      hint: `Its neurons are numbered 0 to ${info.neurons - 1}.`,
    });
  }
  if (!channels) return { frame, neurons, region, channels: 1 };
  if ((hook.kind === 'dense' || hook.kind === 'conv') && hook.channels) {
    return { frame, neurons, region, channels: hook.channels.length, apart: true };
  }
  throw new XincError('unsupported', `Layer '${info.id}' does not end in the channels of the picture`, {
    subject: info.id,
    hint: 'Only the last layer has maps per channel.',
  });
}

/** Activations of a large region would not fit, nor would many maps: some rows of some neurons at a time. */
async function* piecesOf(
  network: Network,
  pool: KernelPool,
  { hook }: TraceableLayer,
  { frame, neurons, region, channels, apart }: WantedMaps,
): AsyncGenerator<MapPiece> {
  const { inr } = network;
  const tiles = inr.sampling === 'frames' ? [regionTile(region, inr.signal.width)] : tilesOf(inr, region);
  for await (const [tile, activations] of oneAhead(tiles, (tile) => activationsOf(network, [hook], frame, tile))) {
    const pixels = tile.region.height * tile.region.width;
    const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / pixels));
    // A kernel of a convolution reaches one channel only: its map is that to this channel, and nothing to others.
    const reached = neurons.map((neuron, i) => ({
      neuron,
      i,
      channel: hook.kind === 'conv' ? neuron % channels : 0,
    }));
    const passes =
      apart && hook.kind === 'dense'
        ? Array.from({ length: channels }, (_, channel) => ({
            channel,
            chosen: reached.map((one) => ({ ...one, channel })),
          }))
        : [{ channel: undefined, chosen: reached }];
    for (const { channel, chosen } of passes) {
      const source = await openLayer(network, pool, hook, frame, activations, tile, { use: 'maps', channel });
      try {
        for (let first = 0; first < chosen.length; first += atOnce) {
          const some = chosen.slice(first, first + atOnce);
          const wanted = some.map(({ neuron }) => neuron);
          const values = await source.maps(wanted, inr.sampling === 'frames' ? region : undefined);
          yield { planes: some.map((one) => one.i * channels + one.channel), offset: tile.offset, pixels, values };
        }
      } finally {
        source.dispose();
      }
    }
  }
}

/** A region as a tile of its own. */
function regionTile(region: Region, width: number): Tile {
  const pixels = new Uint32Array(region.height * region.width);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = (region.top + Math.floor(i / region.width)) * width + region.left + (i % region.width);
  }
  return { region, offset: 0, pixels };
}
