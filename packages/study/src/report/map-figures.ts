import { isXincError, type RasterFigure, type RasterPanel } from '@xinc/core';
import type { RunSample } from './run-samples.js';
import { partsOf, ROWS } from './small-multiples.js';

/** Pixels of a panel: no page shows more of one. */
const PANEL_PIXELS = 2 ** 15;
/** Percentiles of a picture's values at which its colours begin and end. */
const [FIRST, LAST] = [0.5, 99.5];

/** What is drawn of a run's array. */
type Picture = Omit<RunSample, 'curve'>;

/** What figures of pictures say. */
export interface MapTexts {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  /** What the colours are. */
  readonly label: string;
}

interface MapFigures {
  readonly figures: readonly RasterFigure[];
  /** Names of tasks of which a picture could not be read, each once, with the reason: their runs may have been analysed again meanwhile. */
  readonly missing: readonly string[];
}

/**
 * Pictures of layers, the mean over seeds: rows are signals, columns layers, a figure for each series and six signals. Colours go from each picture's
 * percentile 0.5 to its percentile 99.5, which its title tells in %.
 */
export async function mapFigures(samples: readonly Picture[], texts: MapTexts): Promise<MapFigures> {
  const { displayRange, thumbnail } = await import('@xinc/analyses/neurons');
  const names = (key: 'signal' | 'column' | 'series') => [...new Set(samples.map((sample) => sample[key]))];
  const [signals, columns, series] = [names('signal'), names('column'), names('series')];
  const unread = new Map<string, string>();
  const panelOf = async (signal: string, column: string, own: readonly Picture[]): Promise<RasterPanel> => {
    const mean = await meanOf(own, unread);
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
  const figures: RasterFigure[] = [];
  for (const one of series) {
    for (const [i, { items, first, last }] of parts.entries()) {
      const panels: RasterPanel[] = [];
      // One after the other: the values of one panel are in memory, and those of one run.
      for (const signal of items) {
        for (const column of columns) {
          const own = samples.filter((s) => s.signal === signal && s.column === column && s.series === one);
          panels.push(await panelOf(signal, column, own));
        }
      }
      figures.push({
        kind: 'raster',
        name: `${texts.name}-${series.indexOf(one) + 1}${parts.length > 1 ? `-${i + 1}` : ''}`,
        title: [texts.title, one, ...(parts.length > 1 ? [`signals ${first} to ${last}`] : [])].join(', '),
        caption: texts.caption,
        columns: columns.length,
        scale: { map: 'sequential', domain: [0, 1], label: texts.label },
        panels,
      });
    }
  }
  return { figures, missing: [...unread].map(([run, why]) => `${run} (not in all pictures: ${why})`) };
}

const short = (value: number): string => String(Number(value.toPrecision(2)));

/** In the place of a picture that is not there: a grey one. */
export const emptyPanel = (title: string): RasterPanel => ({
  title,
  height: 1,
  width: 2,
  pixels: { kind: 'labels', labels: new Uint16Array(2), colors: ['#9aa0a8'] },
});

/**
 * The mean over pictures of the size of the first; `undefined` where there is none.
 * @param unread is given the runs whose picture cannot be read, which is left out, and why
 */
async function meanOf(samples: readonly Picture[], unread: Map<string, string>) {
  const [height, width] = samples[0]?.shape ?? [];
  if (!(height > 0 && width > 0)) return undefined;
  const alike = samples.filter(({ shape }) => shape.length === 2 && shape[0] === height && shape[1] === width);
  const values = new Float32Array(height * width);
  let read = 0;
  for (const { run, readValues } of alike) {
    try {
      const own = await readValues();
      for (let p = 0; p < values.length; p++) values[p] += own[p] / alike.length;
      read++;
    } catch (error) {
      if (!isXincError(error)) throw error;
      unread.set(run, error.message);
    }
  }
  return read > 0 ? { height, width, values: values.map((sum) => (sum * alike.length) / read) } : undefined;
}
