import { type Section, sectionMarkup } from '../sections/section.js';
import { STYLE } from '../style.js';
import { html, Markup } from './markup.js';

/** Nothing is loaded and nothing runs; pictures are inside the page. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const DOCTYPE = new Markup('<!doctype html>');

/** What a page is made of. */
export interface Page {
  readonly title: string;
  readonly toolVersion: string;
  readonly header: Markup;
  readonly sections: readonly Section[];
}

/** A whole page. */
export const pageMarkup = ({ title, toolVersion, header, sections }: Page): Markup =>
  html`${DOCTYPE}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="XINC ${toolVersion}">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<div class="page">
${header}
<nav aria-label="Contents"><p class="nav-title">Contents</p><ol>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ol><label class="unfold"><input type="checkbox" id="unfold"> Show all details</label></nav>
<main>
${sections.map(sectionMarkup)}
</main>
</div>
</body>
</html>
`;
