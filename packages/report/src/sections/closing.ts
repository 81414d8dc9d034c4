import { listed } from '@xinc/core';
import { type Content, html } from '../html/markup.js';
import { valueList } from '../html/values.js';
import type { Report } from '../report.js';
import { typeset } from '../typeset.js';
import type { Numbering } from './numbering.js';
import type { Section } from './section.js';

/** What is lacking, and why; one thing may have several causes. */
export interface LeftOut {
  readonly what: string;
  readonly whys: readonly string[];
}

/** What the whole run lacks, and what single analyses lack, which their sections say as well; a reason that several share once. */
export function omissionsSection(all: readonly LeftOut[], numbering: Numbering): Section {
  return {
    id: numbering.id('left-out'),
    title: 'What was left out',
    body:
      all.length > 0
        ? html`<dl class="values">${sharingReasons(all).map(({ what, whys }) => html`<div><dt>${what}</dt>${whys.map((why) => html`<dd>${typeset(why)}</dd>`)}</div>`)}</dl>`
        : html`<p>Nothing: every analysis that was asked for ran on everything it was asked for.</p>`,
  };
}

function sharingReasons(all: readonly LeftOut[]): LeftOut[] {
  const whats = new Map<string, Set<string>>();
  for (const { what, whys } of all) for (const why of whys) whats.set(why, (whats.get(why) ?? new Set()).add(what));
  const whysOf = new Map<string, string[]>();
  for (const [why, of] of whats) {
    const what = listed([...of]);
    whysOf.set(what, [...(whysOf.get(what) ?? []), why]);
  }
  return [...whysOf].map(([what, whys]) => ({ what, whys }));
}

/** Settings and versions, for repeating the run. */
export const settingsSection = (report: Report, numbering: Numbering): Section => ({
  id: numbering.id('settings'),
  title: 'Settings and versions',
  body: [
    html`<details class="settings"><summary>All that repeating the run takes</summary>${report.settings.map(({ title, values }): Content => html`<h3>${title}</h3>${valueList(values)}`)}</details>`,
    html`<p class="note">Made by XINC ${report.toolVersion} on <time datetime="${report.created}">${createdWords(report.created)}</time>.</p>`,
    html`<p class="note print-only">Folded parts of the page are not printed. With “Show all details” ticked under Contents they are.</p>`,
  ],
});

/** `24 November 2026, 01:52 UTC`, or the text itself where it is no date. */
function createdWords(created: string): string {
  const date = new Date(created);
  if (Number.isNaN(date.getTime())) return created;
  const words = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${words.format(date)} UTC`;
}
