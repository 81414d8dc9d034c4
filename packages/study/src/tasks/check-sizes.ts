import { isXincError, XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { asked, planNetwork, type Work } from '@xinc/runs';
import { type Extent, parseCrop, parseSize, signalExtent } from '@xinc/signals';
import { type Study, signalPath } from '../open-study.js';
import { openTaskSignal } from './open-input.js';
import type { Task } from './tasks.js';

/**
 * Refuses tasks whose network cannot be made for the size of their signal: networks are built, without weights. Of signals only the sizes are read, and not
 * even these where the study has one for all; a signal of which a network is refused is read as its task would, so that nothing is refused that would
 * be made. What cannot be read is left to its tasks, which say why.
 * @param work `word` says what settings are called where the error is read
 * @throws XincError of the first that is refused, naming signal and network; `cancelled`
 */
export async function checkSizes(
  study: Pick<Study, 'path' | 'manifest'>,
  tasks: readonly Task[],
  registry: Registry,
  { abort, word = (text) => text }: Pick<Work, 'abort' | 'word'> = {},
): Promise<void> {
  const extents = new Map<string, Extent | undefined>();
  const checked = new Set<string>();
  const made = new Set<string>();
  for (const task of tasks) {
    const { signal, network } = task;
    const pair = JSON.stringify([signal.name, network.name]);
    if (checked.has(pair)) continue;
    checked.add(pair);
    if (!extents.has(signal.path)) extents.set(signal.path, await extentOf(study, signal.path, abort));
    const extent = extents.get(signal.path);
    if (extent === undefined) continue;
    const { plugin } = asked('model', () => registry.get('inr', network.model));
    const size = JSON.stringify([network.name, extent]);
    if (made.has(size)) continue;
    const kind = plugin.signals.includes('video') ? ('video' as const) : ('image' as const);
    if (!refusal(() => planNetwork(registry, network, { kind, frames: 1, ...extent }))) {
      made.add(size);
      continue;
    }
    const opened = await readable(openTaskSignal(study, task, plugin, abort));
    const refused = opened && refusal(() => planNetwork(registry, network, opened.shape));
    if (!refused) continue;
    // Networks begin with their own names.
    const own = `${network.name}: `;
    const problem = refused.problem.startsWith(own) ? refused.problem.slice(own.length) : refused.problem;
    throw new XincError(refused.code, word(`${signal.name} with ${network.name}: ${problem}`), {
      subject: signal.name,
      ...(refused.hint !== undefined && { hint: word(refused.hint) }),
      cause: refused,
    });
  }
}

/** The size that frames of a signal are brought to; `undefined` where it cannot be read. */
async function extentOf(
  { path: study, manifest: { size, crop } }: Pick<Study, 'path' | 'manifest'>,
  path: string,
  abort: AbortSignal | undefined,
): Promise<Extent | undefined> {
  const wished = size === undefined ? undefined : parseSize(size);
  if (wished !== undefined && 'height' in wished) return wished;
  const framing = { ...(wished && { size: wished }), ...(crop !== undefined && { crop: parseCrop(crop) }) };
  return readable(signalExtent(signalPath({ path: study }, path), { ...framing, ...(abort && { abort }) }));
}

/** What is read; `undefined` where it cannot be. @throws XincError `cancelled` */
async function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!isXincError(error) || error.code === 'cancelled') throw error;
    return undefined;
  }
}

function refusal(build: () => unknown): XincError | undefined {
  try {
    build();
    return undefined;
  } catch (error) {
    if (!isXincError(error)) throw error;
    return error;
  }
}
