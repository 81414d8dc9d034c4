import type { Table } from '../analysis.js';

/** A table as CSV (RFC 4180, lines ending in \n): a header of names with their units in brackets, then its rows; empty for `null`. */
export function formatCsv({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const cell = (value: string | number | null) => {
    const text = value === null ? '' : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const header = columns.map(({ name, unit }) => cell(unit ? `${name} [${unit}]` : name));
  return `${[header, ...rows.map((row) => row.map(cell))].map((cells) => cells.join(',')).join('\n')}\n`;
}
