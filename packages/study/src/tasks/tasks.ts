import { createHash } from 'node:crypto';
import { XincError } from '@xinc/core';
import { type StudyManifest, type StudyNetwork, type StudySignal, targetOf } from '../manifest/manifest.js';

/** One run of a study that is to be. */
export interface Task {
  /** `bear-ffn-s0`: signal, network and seed; the name of its run's folder. */
  readonly id: string;
  readonly signal: StudySignal;
  readonly network: StudyNetwork;
  /** PSNR at which its training ends, dB; `undefined` where all steps are done. */
  readonly untilPsnr: number | undefined;
  readonly seed: number;
  /**
   * A digest of what study.yaml says of the run, but for where its signal lies. Two tasks with the same digest are asked for in the same
   * words; what a version of XINC or a plugin makes of them, such as the settings that are not named there, is in each run.json.
   */
  readonly digest: string;
}

/** Tasks that a study has at most. */
const MOST_TASKS = 1_000_000;

/**
 * The tasks of a study, in the order of its signals, then networks, then seeds.
 * @param file as messages call it
 * @throws XincError `invalid-file`
 */
export function tasksOf(manifest: StudyManifest, file: string): Task[] {
  const { signals, networks, seeds, untilPsnr: ofAll, ...common } = manifest;
  const total = signals.length * networks.length * seeds.length;
  if (total > MOST_TASKS) {
    throw new XincError('invalid-file', `${file}: ${total} tasks are too many; a study has at most ${MOST_TASKS}`, {
      subject: file,
    });
  }
  const shared = sorted(common);
  const tasks: Task[] = [];
  const ids = new Set<string>();
  for (const signal of signals) {
    for (const network of networks) {
      const untilPsnr = targetOf({ untilPsnr: ofAll }, network, signal);
      // Of a PSNR for each signal, that of this one is part of the task alone.
      const asked = sorted({ ...network, untilPsnr });
      const made = JSON.stringify([shared, signal.name, signal.labels !== undefined, asked]);
      for (const seed of seeds) {
        const id = `${signal.name}-${network.name}-s${seed}`;
        if (ids.has(id.toLowerCase())) {
          throw new XincError('invalid-file', `${file}: two tasks are called '${id}'`, {
            subject: file,
            hint: 'Give a signal or network another name.',
          });
        }
        ids.add(id.toLowerCase());
        const digest = createHash('sha256').update(`${made} ${seed}`).digest('hex').slice(0, 16);
        tasks.push({ id, signal, network, untilPsnr, seed, digest });
      }
    }
  }
  return tasks;
}

/** The task of that id, or of that place, counted from 1. @throws XincError `not-found` */
export function findTask(tasks: readonly Task[], which: string): Task {
  const found = /^\d+$/.test(which) ? tasks[Number(which) - 1] : tasks.find(({ id }) => id === which);
  if (found) return found;
  throw new XincError('not-found', `The study has no task '${which}'`, {
    subject: which,
    hint: `It has ${tasks.length}: 1 to ${tasks.length}, or by name, such as ${tasks[0].id}.`,
  });
}

/** The same value, whatever the order in which its keys were written. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}
