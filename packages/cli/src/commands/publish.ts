import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isXincError, XincError } from '@xinc/core';
import { Run, RunFolder, runSource } from '@xinc/runs';
import { openStudy, runPath, type Study, studyStatus } from '@xinc/study';
import type { PublishedSite } from '@xinc/viewer';
import type { CommandContext } from '../context.js';
import { withOptions } from '../terminal/options.js';
import { VERSION } from '../version.js';
import { loadPlugins } from '../workflow/plugins.js';

export interface PublishCommandOptions {
  readonly out: string;
  readonly title?: string;
  readonly text?: string;
  readonly link?: readonly string[];
  readonly baseUrl?: string;
  readonly withArrays?: boolean;
  readonly zip?: boolean;
  readonly singleFile?: boolean;
}

/** Bytes of a report, and of a text. */
const REPORT_BYTES = 256 * 2 ** 20;
const MOST_TEXT = 2 ** 20;

/** Writes runs, and those of studies, as a site of files. */
export async function publishCommand(
  paths: readonly string[],
  choice: PublishCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { out, title, text, link = [], baseUrl, withArrays = false, zip = false, singleFile = false } = choice;
  const { display, options } = context;
  if (singleFile) checkSingleFile(choice);
  const links = link.map(parseLink);
  const registry = await loadPlugins(context);
  const found: Found = { runs: [], reports: [] };
  for (const path of paths) await addPath(path, found, context);
  const { publishFile, publishSite } = await import('@xinc/viewer');
  const common = {
    runs: found.runs.map((path) => runSource(path, registry)),
    registry,
    version: VERSION,
    out,
    withArrays,
    word: (words: string) => withOptions(words, options),
    ...(title !== undefined && { title }),
    ...(text !== undefined && { text: await textOf(text) }),
    onRun: (name: string) => display.line(`Publishing ${name}`),
  };
  if (singleFile) {
    const file = await publishFile(common);
    for (const note of file.notes) display.line(withOptions(note, options));
    for (const report of found.reports)
      display.line(`The report of ${report.title} is left out: the file holds runs alone`);
    display.line(PUBLISHED);
    context.result({ ...file }, `${(file.bytes / 1e6).toFixed(1)} MB, switching neurons off included\n${file.out}`);
    return;
  }
  const site = await publishSite({
    ...common,
    reports: found.reports,
    links,
    zip,
    ...(baseUrl !== undefined && { baseUrl }),
  });
  for (const note of site.notes) display.line(withOptions(note, options));
  display.line(PUBLISHED);
  context.result({ ...site }, describe(site));
}

/** What somebody who publishes has to know. */
const PUBLISHED = 'Published with each run: its pictures, label maps, weights, results and their notes, and stars.';

/** @throws XincError `usage` for options of a site that one file has no place for */
function checkSingleFile({ out, link = [], baseUrl, zip }: PublishCommandOptions): void {
  const [given] = [zip && '--zip', baseUrl !== undefined && '--base-url', link.length > 0 && '--link'].filter(Boolean);
  if (given) {
    throw new XincError('usage', `${given}: a single file has no place for it`, {
      subject: String(given),
      hint: `Leave ${given} or --single-file out.`,
    });
  }
  if (/\.html?$/i.test(out)) return;
  throw new XincError('invalid-option', `--out ${out}: a single file ends with .html`, {
    subject: '--out',
    hint: 'Write it as --out canvas.html.',
  });
}

interface Found {
  readonly runs: string[];
  readonly reports: { readonly title: string; readonly html: Uint8Array }[];
}

/** A run, or the runs of a study that are done, with its report. */
async function addPath(path: string, found: Found, { display }: CommandContext): Promise<void> {
  const study = await studyAt(path);
  if (!study) {
    await Run.open(path);
    found.runs.push(path);
    return;
  }
  const tasks = await studyStatus(study);
  const done = tasks.filter(({ state }) => state === 'done');
  if (done.length === 0) {
    throw new XincError('not-found', `${path} has no run that is done`, {
      subject: path,
      hint: 'Make them: xinc study run.',
    });
  }
  if (done.length < tasks.length)
    display.line(`${path}: ${done.length} of ${tasks.length} runs are done, and published`);
  found.runs.push(...done.map(({ task }) => runPath(study, task)));
  const html = await study.folder.read('report.html', REPORT_BYTES).catch((error) => {
    if (isXincError(error, 'not-found')) return undefined;
    throw error;
  });
  if (html) found.reports.push({ title: basename(path), html });
  else display.line(`${path}: there is no report.html to publish. xinc study report ${path} writes it.`);
}

async function studyAt(path: string): Promise<Study | undefined> {
  const isStudy = (await new RunFolder(path).stats('study.yaml').catch(() => null)) !== null;
  return isStudy ? openStudy(path) : undefined;
}

function parseLink(text: string): { title: string; address: string } {
  const at = text.search(/=https?:\/\//);
  if (at > 0) return { title: text.slice(0, at), address: text.slice(at + 1) };
  throw new XincError('invalid-option', `--link ${text}: it is no title and address`, {
    subject: '--link',
    hint: 'Write it as --link "The paper=https://example.org/paper".',
  });
}

/** The words of a file, where there is one of that name; else the text itself. */
async function textOf(given: string): Promise<string> {
  const file = await stat(given).catch(() => undefined);
  if (!file?.isFile()) return given;
  if (file.size > MOST_TEXT) {
    throw new XincError('invalid-option', `--text ${given}: the file has more than 1 MB`, {
      subject: '--text',
      hint: 'Give a short text.',
    });
  }
  return readFile(given, 'utf8');
}

function describe({ out, zip, files, bytes, runs }: PublishedSite): string {
  const size = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  return [
    ...runs.map(({ name, loads: { opening, panels, otherFrames, switchingOff } }) => {
      const frames = otherFrames > 0 ? `; its other frames ${size(otherFrames)} more` : '';
      return `${name}: opens with ${size(opening)}; all panels ${size(panels)}${frames}; switching neurons off ${size(switchingOff)} more`;
    }),
    `${files} files, ${size(bytes)}`,
    ...(zip === undefined ? [] : [zip]),
    join(out, 'index.html'),
  ].join('\n');
}
