import { omissionSentences } from '@xinc/core';
import { type Content, html, type Markup } from '../html/markup.js';
import { duration } from '../html/numbers.js';
import { valueList } from '../html/values.js';
import type { ReportAnalysis } from '../report.js';
import { typeset } from '../typeset.js';
import { figuresMarkup } from './figure.js';
import type { Numbering } from './numbering.js';
import type { Section } from './section.js';
import { tableMarkup } from './table.js';

/**
 * Question, findings, figures, tables and omissions of one analysis.
 * @param thrift ≤ 1, part of the usual resolution of pictures
 */
export async function analysisSection(
  analysis: ReportAnalysis,
  numbering: Numbering,
  thrift: number,
): Promise<Section> {
  const { result, files = [] } = analysis;
  const figures = await figuresMarkup(result.figures, numbering, thrift);
  const tables = result.tables.map((table) => tableMarkup(table, tableFile(table.name, files), numbering));
  return {
    id: numbering.id(analysis.name),
    title: analysis.title,
    body: [
      html`<p class="question">${analysis.description}</p>`,
      html`<div class="findings">${result.findings.map((finding) => html`<p>${typeset(finding)}</p>`)}</div>`,
      figures,
      tables,
      noteList(result.notes ?? []),
      omissionList(omissionSentences(result.omissions ?? [])),
      provenance(analysis),
    ],
  };
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
