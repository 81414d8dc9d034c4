import { type Content, html, type Markup } from '../html/markup.js';

/** A part of the report with a heading of its own, listed in the contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Content;
}

export const sectionMarkup = ({ id, title, body }: Section): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
