import type { ClaimRun, Row } from '../src/claims/claim-runs.js';

/** Numbers of the tables of one run, the same in every layer unless given by layer. */
export interface Numbers {
  /** Median variance over each grouping. */
  readonly variances?: Readonly<Record<string, number | readonly number[]>>;
  /** Median spread over each grouping that has a rank, with as many groups each, or its bounds. */
  readonly spreads?: Readonly<Record<string, number | readonly [number, number]>>;
  /** Groups of each grouping before they were merged; 32 unless given. */
  readonly groups?: Readonly<Record<string, number>>;
  /** Lower and upper decile of neurons per pixel, by layer. */
  readonly deciles?: readonly (readonly [number, number])[];
  /** Median pixels per neuron. */
  readonly pixels?: number;
}

const PIXELS = 1000;
const NEURONS = 100;
const LAYERS = ['layer1', 'layer2', 'layer3', 'layer4'];

/** A run of four layers of 100 neurons, of a picture of 1,000 pixels. */
export function claimRun(
  signal: string,
  seed: number,
  { variances, spreads, groups = {}, deciles, pixels }: Numbers,
  network: { readonly name: string; readonly sampling: ClaimRun['sampling'] } = { name: 'ffn', sampling: 'pixels' },
): ClaimRun {
  const rowsOf = (of: (layer: number) => Row[]): Row[] =>
    LAYERS.flatMap((layer, i) => of(i).map((row) => ({ frame: 0, layer, ...row })));
  const numberAt = (value: number | readonly number[], i: number) => (typeof value === 'number' ? value : value[i]);
  return {
    id: `${signal}-${network.name}-s${seed}`,
    signal,
    network: network.name,
    sampling: network.sampling,
    pixels: PIXELS,
    absolute: [],
    layers: LAYERS.map((id) => ({ id, neurons: NEURONS })),
    tables: {
      'grouping-variance':
        variances === undefined
          ? 'no analysis grouping-variance'
          : rowsOf((i) =>
              Object.entries(variances).map(([grouping, median]) => ({
                grouping,
                groups: groups[grouping] ?? 32,
                median: numberAt(median, i),
              })),
            ),
      ranking:
        spreads === undefined ? 'no ranking in grouping-variance' : rankingOf(spreads, Object.keys(variances ?? {})),
      'neurons-per-pixel':
        deciles === undefined
          ? 'no analysis neurons-per-pixel'
          : rowsOf((i) => [{ alpha: 0.1, lower_decile: deciles[i][0], upper_decile: deciles[i][1] }]),
      'pixels-per-neuron': pixels === undefined ? 'no analysis pixels-per-neuron' : rowsOf(() => [{ median: pixels }]),
      faithfulness: 'no analysis faithfulness',
    },
  };
}

/** All layers alike: the rows by spread, and those as published, of which only the names are read. */
const rankingOf = (spreads: NonNullable<Numbers['spreads']>, published: readonly string[]): Row[] =>
  LAYERS.flatMap((layer) => [
    ...Object.entries(spreads).map(([grouping, spread]) => {
      const [least, most] = typeof spread === 'number' ? [spread, spread] : spread;
      return { layer, measure: 'spread', grouping, groups: 8, least, most };
    }),
    ...published.map((grouping) => ({ layer, measure: 'published', grouping, groups: 32, least: 9, most: 9 })),
  ]);
