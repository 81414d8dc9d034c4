import type { SvgDocument } from '../../components/save/png-of.js';
import type { ChartData } from '../../components/save/saved-chart.js';
import { xml } from '../../components/save/xml.js';
import type { FrameValues } from './chart-scale.js';

/** What is drawn over frames. */
interface FrameLine {
  readonly name: string;
  readonly unit?: string;
  readonly color: string;
  readonly values: FrameValues;
}

/** A row is a frame; what is not known of it is an empty cell. */
export function frameRows(lines: readonly FrameLine[], frames: number): ChartData {
  return {
    columns: [
      { name: 'frame', description: 'Counted from 0' },
      ...lines.map(({ name, unit }) => ({ name, ...(unit && { unit }) })),
    ],
    rows: Array.from({ length: frames }, (_, frame) => [frame, ...lines.map(({ values }) => values[frame] ?? null)]),
  };
}

const LINE = 18;

/** The chart with its lines named below it, where there are several. */
export function legendBelow({ text, width, height }: SvgDocument, lines: readonly FrameLine[]): SvgDocument {
  if (lines.length < 2) return { text, width, height };
  const names = lines.map(({ name, color }, i) => {
    const y = height + 8 + LINE * i;
    return `<rect x="0" y="${y}" width="11" height="11" fill="${xml(color)}"/><text x="18" y="${y + 10}" font-size="12" fill="${xml(color)}">${xml(name)}</text>`;
  });
  return { text: text + names.join('\n'), width, height: height + 8 + LINE * lines.length };
}
