import { counted, type Figure, type Table } from '@xinc/core';
import { type Content, html, type Markup } from './html/markup.js';
import { pageMarkup } from './html/page.js';
import { figuresMarkup } from './sections/figure.js';
import { Numbering } from './sections/numbering.js';
import type { Section } from './sections/section.js';
import { CONTRIBUTION } from './sections/summary.js';
import { tableMarkup } from './sections/table.js';

/** A table of a study's report. */
export interface StudyReportTable {
  readonly table: Table;
  /** Its CSV relative to the study; empty where there is none. */
  readonly file: string;
  /** Names of the columns that the page shows; all, unless given. */
  readonly shown?: readonly string[];
  /** Whether it is not folded, though it is long. */
  readonly open?: boolean;
}

/** A part of a study's report, with a heading of its own. */
export interface StudyReportPart {
  readonly title: string;
  /** Paragraphs. */
  readonly text: readonly string[];
  /** What is told one by one, each under a heading, with sentences by the name of what they are about. */
  readonly points?: readonly {
    readonly title: string;
    readonly text: string;
    readonly sentences: readonly (readonly [about: string, sentence: string])[];
  }[];
  readonly tables: readonly StudyReportTable[];
  readonly figures: readonly Figure[];
  /** Figures that are folded, since those before them stand for them. */
  readonly more?: readonly Figure[];
}

/** What a study's report says. */
export interface StudyReport {
  readonly title: string;
  /** The result in one sentence. */
  readonly lead: string;
  /** Numbers to remember, each with what it counts. */
  readonly facts: readonly (readonly [value: string, what: string])[];
  /** What the page begins with, after what a contribution is. */
  readonly summary: StudyReportPart;
  readonly parts: readonly StudyReportPart[];
  readonly toolVersion: string;
}

/**
 * The report of a study as one HTML page, as that of a run is: no scripts, no requests, all text escaped.
 * @param onUndrawn told of each figure that cannot be drawn, in one line
 */
export async function renderStudyReport(
  { title, lead, facts, summary, parts, toolVersion }: StudyReport,
  onUndrawn: (reason: string) => void = () => {},
): Promise<string> {
  const numbering = new Numbering();
  const sections: Section[] = [await partSection(summary, numbering, html`<p>${CONTRIBUTION}</p>`)];
  for (const part of parts) sections.push(await partSection(part, numbering));
  for (const reason of numbering.undrawn) onUndrawn(reason);
  const header = html`<header><p class="kicker">Implicit neural canvas · study</p><h1>${title}</h1>
<p class="lead">${lead}</p>
<dl class="facts">${facts.map(([value, what]) => html`<div><dt>${what}</dt><dd>${value}</dd></div>`)}</dl></header>`;
  return pageMarkup({ title, toolVersion, header, sections }).text;
}

async function partSection(part: StudyReportPart, numbering: Numbering, opening?: Content): Promise<Section> {
  const { title, text, points = [], tables, figures, more = [] } = part;
  return {
    id: numbering.id(title.toLowerCase()),
    title,
    body: [
      opening,
      text.map((paragraph) => html`<p>${paragraph}</p>`),
      points.map(pointMarkup),
      tables.map(({ table, file, shown, open }) =>
        tableMarkup(shown ? withColumns(table, shown) : table, file, numbering, open),
      ),
      await figuresMarkup(figures, numbering, 1),
      more.length > 0 &&
        html`<details class="more"><summary>${counted(more.length, 'more figure')}</summary>${await figuresMarkup(more, numbering, 1)}</details><p class="note print-only">${counted(more.length, 'more figure')} ${more.length === 1 ? 'is' : 'are'} not printed. With “Show all details” ticked under Contents ${more.length === 1 ? 'it is' : 'they are'}.</p>`,
    ],
  };
}

const pointMarkup = ({ title, text, sentences }: NonNullable<StudyReportPart['points']>[number]): Markup =>
  html`<h3>${title}</h3><p class="note">${text}</p><dl class="values">${sentences.map(([about, sentence]) => html`<div><dt>${about}</dt><dd>${sentence}</dd></div>`)}</dl>`;

function withColumns({ columns, rows, ...table }: Table, names: readonly string[]): Table {
  const places = columns.flatMap(({ name }, c) => (names.includes(name) ? [c] : []));
  return { ...table, columns: places.map((c) => columns[c]), rows: rows.map((row) => places.map((c) => row[c])) };
}
