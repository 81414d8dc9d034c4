import type { RasterFigure, RasterPanel } from '@xinc/core';
import type { RunSample } from './run-samples.js';
import { partsOf, ROWS } from './small-multiples.js';

/** Pixels of a panel: no page shows more of one. */
const PANEL_PIXELS = 2 ** 15;
/** Percentiles of a picture's values at which its colours begin and end. */
const [FIRST, LAST] = [0.5, 99.5];

/** What figures of pictures say. */
export interface MapTexts {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  /** What the colours are. */
  readonly label: string;
}

/**
 * Pictures of layers, the mean over seeds: rows are signals, columns layers, a figure for each series and six signals. Colours go from each picture's
 * percentile 0.5 to its percentile 99.5, which its title tells in %.
 */
export async function mapFigures(samples: readonly RunSample[], texts: MapTexts): Promise<RasterFigure[]> {
  const { displayRange, thumbnail } = await import('@xinc/analyses/neurons');
  const names = (key: 'signal' | 'column' | 'series') => [...new Set(samples.map((sample) => sample[key]))];
  const [signals, columns, series] = [names('signal'), names('column'), names('series')];
  const panelOf = (signal: string, column: string, own: readonly RunSample[]): RasterPanel => {
    const mean = meanOf(own);
    if (!mean) return emptyPanel(`${signal}\n${column}\nnone`);
    const plane = thumbnail(mean.values, mean.height, mean.width, PANEL_PIXELS);
    const [low, high] = displayRange(plane.values, FIRST, LAST);
    return {
      title: `${signal}\n${column}\n${short(low)} to ${short(high)} %`,
      height: plane.height,
      width: plane.width,
      pixels: { kind: 'values', values: plane.values.map((value) => (value - low) / (high - low)) },
    };
  };
  const parts = partsOf(signals, ROWS);
  return series.flatMap((one) =>
    parts.map(({ items, first, last }, i) => ({
      kind: 'raster',
      name: `${texts.name}-${series.indexOf(one) + 1}${parts.length > 1 ? `-${i + 1}` : ''}`,
      title: [texts.title, one, ...(parts.length > 1 ? [`signals ${first} to ${last}`] : [])].join(', '),
      caption: texts.caption,
      columns: columns.length,
      scale: { map: 'sequential', domain: [0, 1], label: texts.label },
      panels: items.flatMap((signal) =>
        columns.map((column) =>
          panelOf(
            signal,
            column,
            samples.filter((s) => s.signal === signal && s.column === column && s.series === one),
          ),
        ),
      ),
    })),
  );
}

const short = (value: number): string => String(Number(value.toPrecision(2)));

/** In the place of a picture that is not there: a grey one. */
export const emptyPanel = (title: string): RasterPanel => ({
  title,
  height: 1,
  width: 2,
  pixels: { kind: 'labels', labels: new Uint16Array(2), colors: ['#9aa0a8'] },
});

/** The mean over pictures of the size of the first; `undefined` where there is none. */
function meanOf(samples: readonly RunSample[]) {
  const [height, width] = samples[0]?.shape ?? [];
  if (!(height > 0 && width > 0)) return undefined;
  const alike = samples.filter(({ shape }) => shape.length === 2 && shape[0] === height && shape[1] === width);
  const values = new Float32Array(height * width);
  for (const { values: own } of alike) {
    for (let p = 0; p < values.length; p++) values[p] += own[p] / alike.length;
  }
  return { height, width, values };
}
