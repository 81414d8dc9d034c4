import { fileName } from './keep-file.js';
import { pngOf } from './png-of.js';
import { type ChartColors, chartCsv, chartDocument, chartJson, type SavedChart } from './saved-chart.js';

/** A way to keep something as a file. */
export interface SaveItem {
  readonly text: string;
  readonly title: string;
  readonly make: () => Promise<{ readonly name: string; readonly content: Blob }>;
}

/** The ways to keep a chart: its picture with title and caption, and its numbers. */
export function chartItems(chart: SavedChart, colors: () => ChartColors): readonly SaveItem[] {
  const name = fileName(chart.name);
  const picture = async () => chartDocument(chart, await chart.drawing(), colors());
  const file = (ending: string, type: string, content: Blob | string) => ({
    name: `${name}.${ending}`,
    content: typeof content === 'string' ? new Blob([content], { type }) : content,
  });
  return [
    {
      text: 'PNG',
      title: 'The chart with its title and caption, as a PNG',
      make: async () => file('png', 'image/png', await pngOf(await picture())),
    },
    {
      text: 'SVG',
      title: 'The chart with its title and caption, as an SVG',
      make: async () => file('svg', 'image/svg+xml', (await picture()).text),
    },
    {
      text: 'CSV',
      title: 'The numbers that are drawn, as CSV',
      make: async () => file('csv', 'text/csv', chartCsv(await chart.data())),
    },
    {
      text: 'JSON',
      title: 'The numbers that are drawn, with title and caption, as JSON',
      make: async () => file('json', 'application/json', chartJson(chart, await chart.data())),
    },
  ];
}
