import type { Table } from '@xinc/core';
import { type Content, html, type Markup } from '../html/markup.js';
import { tableNumber, wholeNumber } from '../html/numbers.js';
import type { Numbering } from './numbering.js';

/** Rows that are shown without being asked for. */
const OPEN_ROWS = 12;
/** Rows that a page carries; the rest is in the file. */
const LARGEST_TABLE = 200;

/**
 * A table with its units; folded where it is long.
 * @param file its CSV relative to the run directory
 * @param open is not folded
 */
export function tableMarkup(table: Table, file: string | undefined, numbering: Numbering, open = false): Markup {
  const number = numbering.table();
  const shown = table.rows.slice(0, LARGEST_TABLE);
  const numeric = table.columns.map((_, c) => shown.every((row) => typeof row[c] !== 'string'));
  const cut = table.rows.length - shown.length;
  const caption = html`<b class="number">Table ${number}</b> ${table.title}`;
  const grid = html`<div class="scroll" tabindex="0" role="region" aria-label="Table ${number}: ${table.title}"><table>
<thead><tr>${table.columns.map(
    ({ name, unit }, c) =>
      html`<th scope="col"${numeric[c] && html` class="numeric"`}>${name.replaceAll('_', ' ')}${unit && unit !== name && html` <span class="unit">${unit}</span>`}</th>`,
  )}</tr></thead>
<tbody>${shown.map(
    (row) =>
      html`<tr>${row.map((cell, c) => html`<td${numeric[c] && html` class="numeric"`}>${cellContent(cell, table.columns[c].unit)}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
  const notes = html`${cut > 0 && html`<p class="note">${wholeNumber(cut)} more rows ${file ? 'are in the file' : 'are not shown'}.</p>`}<details class="columns"><summary>What the columns mean${file && html` · all digits in <code>${file}</code>`}</summary><dl class="values">${table.columns.map(
    ({ name, unit, description }) =>
      html`<div><dt>${name.replaceAll('_', ' ')}</dt><dd>${description}${unit && html` <span class="unit">(${unit})</span>`}</dd></div>`,
  )}</dl></details>`;
  if (table.rows.length === 0)
    return html`<div class="table"><p class="table-caption">${caption}</p><p class="note">No rows.</p></div>`;
  return table.rows.length > OPEN_ROWS && !open
    ? html`<details class="table"><summary class="table-caption">${caption} <span class="unit">· ${wholeNumber(table.rows.length)} rows</span></summary>${grid}${notes}</details>`
    : html`<div class="table"><p class="table-caption">${caption}</p>${grid}${notes}</div>`;
}

/** Whole numbers without a unit are indices and stay as they are. */
function cellContent(cell: string | number | null, unit: string | undefined): Content {
  if (cell === null) return html`<span class="unit">–</span>`;
  if (typeof cell !== 'number') return cell;
  return unit === undefined && Number.isInteger(cell) ? String(cell) : tableNumber(cell);
}
