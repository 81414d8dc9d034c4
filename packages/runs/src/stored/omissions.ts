import { z } from 'zod';
import { callWords } from '../call-words.js';
import { RUN_FILES } from '../folder/files.js';
import type { Run } from '../folder/run.js';
import { listOf } from '../folder/stored-json.js';
import { readStored } from './read-stored.js';

/** What was left out of all analyses of a run, and why; the report says so. */
export interface RunOmission {
  /** For people: an analysis by its title. */
  readonly what: string;
  /** The id of the layer, where it is one. */
  readonly layer?: string;
  /** The name of the analysis, where it is one. */
  readonly analysis?: string;
  /** The code of the error that was met, where it was one: `plugin` for a plugin that failed. */
  readonly code?: string;
  readonly why: string;
}

const schema = listOf(
  z.object({
    what: z.string(),
    layer: z.string().optional(),
    analysis: z.string().optional(),
    code: z.string().optional(),
    why: z.string(),
  }),
) satisfies z.ZodType<RunOmission[]>;

/**
 * What was left out of a run's analyses.
 * @throws XincError `invalid-file`
 */
export async function storedOmissions(run: Run): Promise<RunOmission[]> {
  return (await readStored(run, RUN_FILES.omissions, schema, `Run ${callWords('analyzeRun', run.path)} again.`)) ?? [];
}

/**
 * Stores what was left out this time, beside what was of analyses that were not asked for.
 * @param asked names of analyses
 */
export async function storeOmissions(
  run: Run,
  omissions: readonly RunOmission[],
  asked: ReadonlySet<string>,
): Promise<void> {
  const kept = (await beforeThis(run)).filter(({ analysis }) => analysis !== undefined && !asked.has(analysis));
  await write(run, [...kept, ...omissions]);
}

/** Stores that these analyses are left out from now on, beside all that is left out already. */
export async function keepOmissions(run: Run, omissions: readonly RunOmission[]): Promise<void> {
  const known = new Set(omissions.map(({ analysis }) => analysis));
  const kept = (await beforeThis(run)).filter(({ analysis }) => analysis === undefined || !known.has(analysis));
  await write(run, [...kept, ...omissions]);
}

/** Stores that an analysis is left out no more. */
export async function endOmission(run: Run, analysis: string): Promise<void> {
  const before = await beforeThis(run);
  const kept = before.filter((omission) => omission.analysis !== analysis);
  if (kept.length < before.length) await write(run, kept);
}

/** Where the list is damaged a new one is begun. */
const beforeThis = (run: Run): Promise<RunOmission[]> => storedOmissions(run).catch(() => []);

const write = (run: Run, omissions: readonly RunOmission[]): Promise<void> =>
  run.write(RUN_FILES.omissions, `${JSON.stringify(omissions, undefined, 2)}\n`);
