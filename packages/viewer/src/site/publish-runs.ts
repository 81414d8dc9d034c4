import { counted, XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import type { RunSource } from '@xinc/runs';
import { runIds } from '../run/run-ids.js';
import { ServedRun } from '../run/served-run.js';
import { privateNames } from './private-paths.js';
import { type PublishedRun, publishRun } from './publish-run.js';
import type { SiteWriter } from './site-writer.js';

/** The runs of a site, or of a file. */
export interface RunsToPublish {
  readonly runs: readonly RunSource[];
  readonly registry: Registry;
  /** By default the run's name, or how many there are. */
  readonly title?: string;
  /** How the page's reader calls what texts name in backticks: settings and functions. */
  readonly word?: (text: string) => string;
  /** Told of each run when it is begun. */
  readonly onRun?: (name: string) => void;
}

/** @throws XincError `usage` where there is none */
export function checkRuns({ runs }: RunsToPublish): void {
  if (runs.length === 0) throw new XincError('usage', 'There is no run to publish', { hint: 'Name one at least.' });
}

export function titleOf({ runs, title }: RunsToPublish): string {
  return title ?? (runs.length === 1 ? runs[0].name : counted(runs.length, 'run'));
}

/**
 * Writes all that the page asks of each run.
 * @throws XincError if one cannot be read, or has no weights yet
 */
export async function publishRuns(
  { runs, registry, word = (text) => text, onRun }: RunsToPublish,
  site: SiteWriter,
): Promise<PublishedRun[]> {
  const ids = runIds(runs.map(({ name }) => name));
  const means = {
    order: registry.all('analysis').map(({ plugin }) => plugin.name),
    writer: registry.all('engine').find(({ plugin }) => plugin.exportOnnx)?.plugin,
  };
  const published: PublishedRun[] = [];
  for (const [i, source] of runs.entries()) {
    onRun?.(source.name);
    published.push(await publishRun(new ServedRun(ids[i], source, word), site, means));
  }
  return published;
}

/** What is left out of the runs, each in a sentence. */
export function leftOutOf(published: readonly PublishedRun[]): string[] {
  return published.flatMap(({ view, notes }) => notes.map((note) => `${view.name}: ${note}`));
}

/** Texts of the runs that still name this machine or its user. */
export function namesToldOf(published: readonly PublishedRun[]): string[] {
  return published.flatMap(({ view }) => {
    const text = JSON.stringify(view);
    return privateNames()
      .filter((name) => text.includes(name))
      .map((name) => `${view.name}: its texts name '${name}', as this machine or its user is called`);
  });
}
