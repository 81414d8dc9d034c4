import { formatJson } from '@xinc/core/formats';
import type { ChartData } from '../../components/save/saved-chart.js';
import { parseCsv } from './csv.js';
import type { Spec } from './link-neurons.js';

type Row = Readonly<Record<string, unknown>>;

/**
 * The rows that a specification draws, as its author wrote them: before the chart filters or bins them. Where it has several lists of them,
 * the column `list` counts these from 1.
 * @param read the text of a data file that the specification names
 */
export async function chartData(spec: Spec, read: (name: string) => Promise<string>): Promise<ChartData> {
  const lists: Row[][] = [];
  for (const { values, url } of sourcesOf(spec)) {
    lists.push(values ?? parseRows(await read(url!)));
  }
  const names = [...new Set(lists.flat().flatMap((row) => Object.keys(row)))];
  const numbered = lists.length > 1;
  return {
    columns: [...(numbered ? ['list'] : []), ...names].map((name) => ({ name })),
    rows: lists.flatMap((list, i) =>
      list.map((row) => [
        ...(numbered ? [i + 1] : []),
        ...names.map((name) => (Object.hasOwn(row, name) ? cell(row[name]) : null)),
      ]),
    ),
  };
}

interface Source {
  readonly values?: Row[];
  readonly url?: string;
}

/** Every list of rows in a specification, those of its parts and of look-ups too. */
function sourcesOf(spec: Spec): Source[] {
  const sources: Source[] = [];
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    if (Array.isArray(part)) {
      for (const one of part) visit(one);
      return;
    }
    for (const [key, value] of Object.entries(part)) {
      if (key === 'data' && isObject(value)) {
        if (Array.isArray(value.values)) sources.push({ values: value.values.map(asRow) });
        else if (typeof value.url === 'string') sources.push({ url: value.url });
      } else if (key === 'datasets' && isObject(value)) {
        for (const list of Object.values(value)) if (Array.isArray(list)) sources.push({ values: list.map(asRow) });
      } else visit(value);
    }
  };
  visit(spec);
  return sources;
}

/** A data file: JSON, else CSV. */
function parseRows(text: string): Row[] {
  if (/^\s*\[/.test(text)) return (JSON.parse(text) as unknown[]).map(asRow);
  const [head = [], ...rows] = parseCsv(text, Number.POSITIVE_INFINITY).rows;
  return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i]])));
}

/** Vega-Lite draws lists of bare values as rows of one field, `data`. */
const asRow = (value: unknown): Row => (isObject(value) ? value : { data: value });

function cell(value: unknown): string | number | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' || typeof value === 'number' ? value : formatJson(value);
}

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);
