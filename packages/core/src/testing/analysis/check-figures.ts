import { isObject } from '../../doors/breach.js';
import type { ChartFigure, Figure } from '../../figure.js';

/** What begins with a character and ends with a full stop. */
export const SENTENCE = /^\S(.*\S)?[.!?]$/s;

/** What is wrong with a figure as people see it; `undefined` where nothing is. What it lacks to be drawn, the door tells. */
export function figureProblem(figure: Figure): string | undefined {
  if (figure.title.trim() === '') return 'has no title';
  if (!SENTENCE.test(figure.caption)) {
    return 'has no caption that is a sentence: say what is drawn and how to read it';
  }
  if (figure.kind === 'chart') return chartProblem(figure);
  for (const [i, { pixels }] of figure.panels.entries()) {
    if (pixels.kind !== 'values') continue;
    const scale = pixels.scale ?? figure.scale;
    if (!scale) return `has no scale for panel ${i}: say what colours mean`;
    if (scale.label.trim() === '') return `has a scale without a label for panel ${i}: say what the numbers are`;
    if (!(scale.domain[1] > scale.domain[0])) return `has a scale from ${scale.domain.join(' to ')} for panel ${i}`;
  }
  return undefined;
}

/** Channels whose axis or legend people read. */
const READ = ['x', 'y', 'color', 'size', 'opacity'];
/** What the reader's theme decides. */
const THEMED = [
  'background',
  'config',
  'font',
  'labelFont',
  'titleFont',
  'labelColor',
  'titleColor',
  'gridColor',
  'domainColor',
];

function chartProblem({ spec }: ChartFigure): string | undefined {
  let problem: string | undefined;
  const found = (what: string) => {
    problem ??= what;
  };
  walk(spec, undefined, (key, value, under) => {
    if (THEMED.includes(key) && under !== 'data') found(`sets '${key}', which the reader's theme decides`);
    if (key === 'encoding' && isObject(value)) {
      for (const channel of READ) {
        const encoding = value[channel];
        if (isObject(encoding)) encodingProblems(channel, encoding).forEach(found);
      }
    }
    if (key === 'values' && under === 'data' && Array.isArray(value)) {
      const odd = value.find(
        (row) => isObject(row) && Object.values(row).some((cell) => Number.isNaN(cell) || cell === undefined),
      );
      if (odd !== undefined)
        found('has data with NaN or undefined in it, which is drawn as nothing: leave it out, and say so');
    }
    if (key === 'url' && under === 'data') found('reads data from elsewhere; it stands in the spec');
  });
  return problem;
}

function encodingProblems(channel: string, encoding: Readonly<Record<string, unknown>>): string[] {
  if (encoding.field === undefined && encoding.aggregate === undefined) return [];
  const guide = channel === 'x' || channel === 'y' ? encoding.axis : encoding.legend;
  const guideTitle = isObject(guide) ? guide.title : undefined;
  const title = encoding.title ?? guideTitle;
  const untitled = guide !== null && title === undefined && encoding.title !== null && guideTitle !== null;
  return untitled
    ? [
        `draws '${String(encoding.field ?? encoding.aggregate)}' along ${channel} without a title: say what it is, and its unit`,
      ]
    : [];
}

function walk(
  value: unknown,
  under: string | undefined,
  visit: (key: string, value: unknown, under: string | undefined) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) if (isObject(item)) walk(item, under, visit);
  } else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      visit(key, inner, under);
      if (key !== 'values') walk(inner, key, visit);
    }
  }
}
