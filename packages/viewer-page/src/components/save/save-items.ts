import type { PageColors } from '../../color/page-colors.js';
import { fileName } from './keep-file.js';
import { pngOf } from './png-of.js';
import { chartCsv, chartDocument, chartJson, type SavedChart } from './saved-chart.js';

/** A way to keep something as a file. */
export interface SaveItem {
  readonly text: string;
  readonly title: string;
  readonly make: () => Promise<{ readonly name: string; readonly content: Blob }>;
}

/** The ways to keep a chart: its picture with title and caption, and its numbers. */
export function chartItems(chart: SavedChart, colors: () => PageColors): readonly SaveItem[] {
  const name = fileName(chart.name);
  const picture = async () => chartDocument(chart, await chart.drawing(), colors());
  return [
    {
      text: 'PNG',
      title: 'The chart with its title and caption, as a PNG',
      make: async () => ({ name: `${name}.png`, content: await pngOf(await picture()) }),
    },
    {
      text: 'SVG',
      title: 'The chart with its title and caption, as an SVG',
      make: async () => ({ name: `${name}.svg`, content: textFile((await picture()).text, 'image/svg+xml') }),
    },
    ...dataItems(chart),
  ];
}

/** The ways to keep the numbers of a chart or of a table. */
export function dataItems(chart: Omit<SavedChart, 'drawing'>): readonly SaveItem[] {
  const name = fileName(chart.name);
  return [
    {
      text: 'CSV',
      title: 'The numbers that are shown, as CSV',
      make: async () => ({ name: `${name}.csv`, content: textFile(chartCsv(await chart.data()), 'text/csv') }),
    },
    {
      text: 'JSON',
      title: 'The numbers that are shown, with title and caption, as JSON',
      make: async () => ({
        name: `${name}.json`,
        content: textFile(chartJson(chart, await chart.data()), 'application/json'),
      }),
    },
  ];
}

const textFile = (text: string, type: string) => new Blob([text], { type });
