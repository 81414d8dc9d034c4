import { html, Markup } from '../html/markup.js';

/** What the first page of a published site says. */
export interface SitePage {
  readonly title: string;
  /** Paragraphs, plain text. */
  readonly text: readonly string[];
  readonly links: readonly { readonly title: string; readonly address: string }[];
  readonly runs: readonly SiteEntry[];
  /** Reports of studies, with their sizes in bytes. */
  readonly reports: readonly { readonly title: string; readonly file: string; readonly bytes: number }[];
  /** What a page that links here shows; its address is absolute, as services ask for, or it is left out. */
  readonly preview?: { readonly image: string; readonly page: string };
  /** The policy of the page. */
  readonly policy: string;
  /** Name of the style sheet's file. */
  readonly style: string;
}

interface SiteEntry {
  readonly title: string;
  /** Network and signal, in words. */
  readonly details: readonly string[];
  /** Relative address of the run in the viewer. */
  readonly address: string;
  readonly picture: { readonly file: string; readonly height: number; readonly width: number };
}

/** The first page of a site: it executes nothing, and every text is escaped. */
export function renderSitePage({ title, text, links, runs, reports, preview, policy, style }: SitePage): string {
  const description = text[0] ?? runs.map((run) => run.title).join(', ');
  return html`${new Markup('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<meta name="description" content="${description}">
${socialTags(title, description, preview)}
<link rel="stylesheet" href="${style}">
</head>
<body>
<header>
<h1>${title}</h1>
${text.map((paragraph) => html`<p>${paragraph}</p>\n`)}
${links.length > 0 && html`<ul class="links">${links.map((link) => html`<li><a href="${link.address}">${link.title}</a></li>`)}</ul>`}
</header>
<main>
${
  reports.length > 0 &&
  html`<h2>Reports</h2>
<ul class="links">${reports.map(({ title: name, file, bytes }) => html`<li><a href="${file}">${name}</a> (${(bytes / 1e6).toFixed(1)} MB)</li>`)}</ul>
<h2>Runs</h2>
`
}<ul class="runs">
${runs.map(
  (run) => html`<li><a href="${run.address}">
<img src="${run.picture.file}" width="${run.picture.width}" height="${run.picture.height}" alt="" loading="lazy">
<span class="name">${run.title}</span>
${run.details.map((detail) => html`<span class="detail">${detail}</span>\n`)}</a></li>
`,
)}</ul>
</main>
<footer><p>Made with XINC: each picture is a neural network, and each of its neurons can be traced to every pixel.</p></footer>
</body>
</html>
`.text;
}

/** What services that show links read. An image without an absolute address is not found by them. */
export function socialTags(title: string, description: string, preview: SitePage['preview']): Markup {
  return html`<meta property="og:type" content="website">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
${
  preview &&
  html`<meta property="og:url" content="${preview.page}">
<meta property="og:image" content="${preview.image}">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta name="twitter:card" content="summary_large_image">`
}`;
}

/** The style sheet of the first page. */
export const SITE_STYLE = `:root {
  color-scheme: light dark;
  --ink: light-dark(#1b1f24, #e8ebef);
  --soft: light-dark(#57606a, #a3acb8);
  --page: light-dark(#fff, #15181d);
  --card: light-dark(#f5f6f8, #1e2229);
  --rule: light-dark(#d5dae0, #333a44);
  --accent: light-dark(#0b57b0, #7ab7ff);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  max-width: 76rem;
  padding: clamp(1rem, 4vw, 3rem);
  background: var(--page);
  color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif;
}
h1 { margin: 0 0 0.75rem; font-size: clamp(1.6rem, 4vw, 2.4rem); line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 0.5rem; font-size: 1.25rem; }
header p { max-width: 44rem; overflow-wrap: anywhere; }
a { color: var(--accent); }
ul { margin: 0; padding: 0; list-style: none; }
.links { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0.75rem 0; }
.runs { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1.25rem; margin-top: 2rem; }
.runs a {
  display: flex;
  flex-direction: column;
  height: 100%;
  border: 1px solid var(--rule);
  border-radius: 0.5rem;
  overflow: hidden;
  background: var(--card);
  color: inherit;
  text-decoration: none;
}
.runs a:hover .name, .runs a:focus-visible .name { text-decoration: underline; }
.runs a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.runs img { display: block; width: 100%; height: auto; }
.name { padding: 0.75rem 1rem 0.25rem; color: var(--accent); font-weight: 600; overflow-wrap: anywhere; }
.detail { padding: 0 1rem; color: var(--soft); font-size: 0.875rem; }
.detail:last-child { padding-bottom: 0.75rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--rule); color: var(--soft); font-size: 0.875rem; }
`;
