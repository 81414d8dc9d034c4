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
  /**
   * Whether arrays are published that the page's own panels do not read, for programs: by default only those of analyses whose package has a
   * panel of its own.
   */
  readonly withArrays?: boolean;
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
  { runs, registry, withArrays = false, word = (text) => text, onRun }: RunsToPublish,
  site: SiteWriter,
): Promise<PublishedRun[]> {
  const ids = runIds(runs.map(({ name }) => name));
  const analyses = registry.all('analysis');
  const ofPanels = analyses.filter(({ origin }) => origin.panel !== undefined).map(({ plugin }) => plugin.name);
  const means = {
    order: analyses.map(({ plugin }) => plugin.name),
    arrays: withArrays || new Set(ofPanels),
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
  const count = published.reduce((sum, { arraysLeft }) => sum + arraysLeft.count, 0);
  const bytes = published.reduce((sum, { arraysLeft }) => sum + arraysLeft.bytes, 0);
  return [
    ...published.flatMap(({ view, notes }) => notes.map((note) => `${view.name}: ${note}`)),
    ...(count > 0
      ? [
          `Left out, since the page does not read them: ${counted(count, 'array')} of analyses, ${megabytes(bytes)}. \`withArrays\` publishes them`,
        ]
      : []),
  ];
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Texts of the runs that still name this machine or its user. */
export function namesToldOf(published: readonly PublishedRun[]): string[] {
  return published.flatMap(({ view }) => {
    const text = JSON.stringify(view);
    return privateNames()
      .filter((name) => text.includes(name))
      .map((name) => `${view.name}: its texts name '${name}', as this machine or its user is called`);
  });
}
