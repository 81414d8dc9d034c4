import { counted, type Figure, listed, omissionSentences } from '@xinc/core';
import { type Content, html, type Markup } from '../html/markup.js';
import { duration } from '../html/numbers.js';
import { valueList } from '../html/values.js';
import type { ReportAnalysis } from '../report.js';
import { typeset } from '../typeset.js';
import { figuresMarkup, seriesOf } from './figure.js';
import type { Numbering } from './numbering.js';
import type { Section } from './section.js';
import type { SummaryPoint } from './summary.js';
import { tableMarkup } from './table.js';

/**
 * Question, findings and omissions of one analysis; folded, what leads to them: figures that the summary does not have, tables, notes,
 * options and files.
 * @param point what the summary has of it
 * @param thrift ≤ 1, part of the usual resolution of pictures
 */
export async function analysisSection(
  analysis: ReportAnalysis,
  id: string,
  point: SummaryPoint | undefined,
  numbering: Numbering,
  thrift: number,
): Promise<Section> {
  const { result, files = [] } = analysis;
  const elsewhere = new Set(point?.figures);
  const figures = result.figures.filter((figure) => !elsewhere.has(figure));
  const drawn = await figuresMarkup(figures, numbering, thrift);
  const tables = result.tables.map((table) => tableMarkup(table, tableFile(table.name, files), numbering));
  return {
    id,
    title: analysis.title,
    body: [
      html`<p class="question">${analysis.description}</p>`,
      html`<div class="findings">${result.findings.map((finding) => html`<p>${typeset(finding)}</p>`)}</div>`,
      point?.number !== undefined &&
        html`<p class="note"><a href="#${point.id}">Figure ${point.number}</a> is in the summary.</p>`,
      omissionList(omissionSentences(result.omissions ?? [])),
      html`<details class="more"><summary>${foldedWords(figures, tables.length)}</summary>${noteList(result.notes ?? [])}${drawn}${tables}${provenance(analysis)}</details>`,
    ],
  };
}

/** `2 figures, 1 table, options and files` */
function foldedWords(figures: readonly Figure[], tables: number): string {
  const series = seriesOf(figures).length;
  const parts = [series > 0 && counted(series, 'figure'), tables > 0 && counted(tables, 'table')];
  return listed([...parts.filter((part) => part !== false), 'how it was made']);
}

const tableFile = (name: string, files: readonly string[]): string | undefined =>
  files.find((file) => file === `${name}.csv` || file.endsWith(`/${name}.csv`));

const noteList = (notes: readonly string[]): Content =>
  notes.length > 0 && html`<p class="table-caption">${typeset(notes.join(' '))}</p>`;

const omissionList = (omissions: readonly string[]): Content =>
  omissions.length > 0 &&
  html`<aside class="omissions"><p><b>Left out</b></p><ul>${omissions.map((omission) => html`<li>${typeset(omission)}</li>`)}</ul></aside>`;

/** How the analysis was made and where its numbers are. */
function provenance({ name, options, seconds, files = [] }: ReportAnalysis): Markup {
  const chosen = Object.keys(options).length > 0;
  return html`<details class="provenance"><summary>Options and files of <code>${name}</code>${seconds !== undefined && ` · took ${duration(seconds)}`}</summary>${chosen ? valueList(options) : html`<p>No options.</p>`}${files.length > 0 && html`<p>Saved in the run's folder:</p><ul class="files">${files.map((file) => html`<li><code>${file}</code></li>`)}</ul>`}</details>`;
}
