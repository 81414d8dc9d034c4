import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { socialTags } from '@xinc/report';
import { RUNTIME_BLOCK } from '@xinc/viewer-page';

/** A file of a site, by its path below the site's folder. */
export interface SiteFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What the page is built of. */
export interface FilePage {
  /** Folder of the page built for one file. */
  readonly folder: string;
  /** ONNX Runtime's binary. */
  readonly runtime: Uint8Array;
  readonly title: string;
  readonly description: string;
}

/** What says in a file's head that it is such a page. */
export const FILE_MARK = '<meta name="xinc-site" content="inside" />';

/**
 * A page with the files of a site inside, in pieces that follow each other: it works from disk, where a browser lets a page load nothing,
 * neither files nor modules nor threads from them. Its script and style are admitted by their hashes; threads are made of blocks of the page.
 */
export async function* filePage(
  { folder, runtime, title, description }: FilePage,
  files: AsyncIterable<SiteFile>,
): AsyncGenerator<string> {
  const [index, script, style, icon] = await Promise.all(
    ['index.html', 'page.js', 'style.css', 'icon.svg'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  const code = inScript(script);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(code)}' 'wasm-unsafe-eval'`,
    'worker-src blob:',
    'img-src blob: data:',
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="referrer" content="no-referrer" />
    ${FILE_MARK}
    ${socialTags(title, description, undefined).text.trim()}
    <link rel="icon" type="image/svg+xml" href="data:image/svg+xml;base64,${Buffer.from(icon).toString('base64')}" />
    <style>${style}</style>
    <meta name="viewport"`;
  const whole = index
    .replace(/\s*<(?:link|script)\b[^>]*\b(?:href|src)="\.\/[^>]*>(?:<\/script>)?/g, '')
    .replace('<meta name="viewport"', () => head);
  const end = whole.indexOf('</body>');
  yield whole.slice(0, end);
  for (const name of (await readdir(folder)).filter((name) => /-?thread\.js$/.test(name)).sort()) {
    yield `<script type="text/plain" data-name="${name}">${inScript(await readFile(join(folder, name), 'utf8'))}</script>\n`;
  }
  for await (const { path, bytes } of files) yield await block(path, bytes);
  yield await block(RUNTIME_BLOCK, runtime);
  yield `<script type="module">${code}</script>\n${whole.slice(end)}`;
}

/** PNG is compressed, and pictures are shown from their bytes as they are. */
async function block(name: string, bytes: Uint8Array): Promise<string> {
  const compressed = !/\.(png|webp)$/.test(name);
  const content = Buffer.from(compressed ? await promisify(gzip)(bytes, { level: 9 }) : bytes).toString('base64');
  const attributes = `data-name="${name.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"${compressed ? ' data-gzip' : ''}`;
  return `<script type="application/octet-stream" ${attributes}>${content}</script>\n`;
}

/** A script as an element holds it: what would end the element, or begin a comment, stands in its texts alone. */
const inScript = (code: string): string => code.replace(/<(\/script|!--)/gi, '<\\$1');

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
