import type { Figure, Table } from '@xinc/core';
import { html } from './html/markup.js';
import { pageMarkup } from './html/page.js';
import { figuresMarkup } from './sections/figure.js';
import { Numbering } from './sections/numbering.js';
import type { Section } from './sections/section.js';
import { tableMarkup } from './sections/table.js';

/** A part of a study's report, with a heading of its own. */
export interface StudyReportPart {
  readonly title: string;
  /** Paragraphs. */
  readonly text: readonly string[];
  /** Tables, each with its CSV relative to the study; long ones are folded, unless they are to be `open`. */
  readonly tables: readonly { readonly table: Table; readonly file: string; readonly open?: boolean }[];
  readonly figures: readonly Figure[];
}

/** What a study's report says. */
export interface StudyReport {
  readonly title: string;
  /** The result in one sentence. */
  readonly lead: string;
  /** Numbers to remember, each with what it counts. */
  readonly facts: readonly (readonly [value: string, what: string])[];
  readonly parts: readonly StudyReportPart[];
  readonly toolVersion: string;
}

/**
 * The report of a study as one HTML page, as that of a run is: no scripts, no requests, all text escaped.
 * @param onUndrawn told of each figure that cannot be drawn, in one line
 */
export async function renderStudyReport(
  { title, lead, facts, parts, toolVersion }: StudyReport,
  onUndrawn: (reason: string) => void = () => {},
): Promise<string> {
  const numbering = new Numbering();
  const sections: Section[] = [];
  for (const { title, text, tables, figures } of parts) {
    sections.push({
      id: numbering.id(title.toLowerCase()),
      title,
      body: html`${text.map((paragraph) => html`<p>${paragraph}</p>`)}${tables.map(({ table, file, open }) => tableMarkup(table, file, numbering, open))}${await figuresMarkup(figures, numbering, 1)}`,
    });
  }
  for (const reason of numbering.undrawn) onUndrawn(reason);
  const header = html`<header><p class="kicker">Implicit neural canvas · study</p><h1>${title}</h1>
<p class="lead">${lead}</p>
<dl class="facts">${facts.map(([value, what]) => html`<div><dt>${what}</dt><dd>${value}</dd></div>`)}</dl></header>`;
  return pageMarkup({ title, toolVersion, header, sections }).text;
}
