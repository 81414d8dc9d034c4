import { formatJson } from '@xinc/core/formats';
import { type Content, html, type Markup } from './markup.js';
import { tableNumber } from './numbers.js';

/** A setting's value as a reader would write it. */
function valueContent(value: unknown): Content {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'number') return tableNumber(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) {
    if (value.length === 0) return 'none';
    return value.map((item, i) => [i > 0 && ', ', valueContent(item)]);
  }
  return typeof value === 'object' ? shortened(formatJson(value)) : String(value);
}

/** Characters of an object that are shown: the graph of a network would fill pages. */
const LONGEST = 300;

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}

/** Names and values, one pair a line. */
export function valueList(values: Readonly<Record<string, unknown>>): Markup {
  return html`<dl class="values">${Object.entries(values).map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${valueContent(value)}</dd></div>`,
  )}</dl>`;
}
