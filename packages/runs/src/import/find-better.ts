import type { Engine, InrPlugin, Signal } from '@xinc/core';
import type { Work } from '../work.js';
import type { Choice, DrawnNetwork } from './choose-network.js';
import { ALIKE, likeness, rankOf, spreadFrames } from './likeness.js';
import { type Attempted, trySettings } from './try-settings.js';

/** Settings, and the network of the file, that draw the signal better than what was taken. */
export interface Better {
  /** Settings that differ from what was assumed. */
  readonly changes: Readonly<Record<string, unknown>>;
  /** The network's key, where it is another one than was taken. */
  readonly key?: string;
  /** Over the whole signal, dB. */
  readonly psnr: number;
}

/** What came of trying other settings. */
export interface Tried {
  readonly better?: Better;
  /** See {@link Attempted}; of the network that was taken. */
  readonly alike: Attempted['alike'];
  /** How many combinations of settings were tried. */
  readonly combinations: number;
}

/** Networks that settings are tried with, where none draws the signal. */
const MOST_SEARCHED = 4;

/**
 * Tries other settings than those assumed with the network that was taken, or, where no network of the file draws the signal,
 * with several; then draws the signal with all networks and the best settings.
 * @throws XincError `cancelled`
 */
export async function findBetter(
  { taken, all }: Choice,
  { plugin, signal, psnr }: { readonly plugin: InrPlugin; readonly signal: Signal; readonly psnr: number },
  engine: Engine,
  { abort, progress }: Work,
): Promise<Tried> {
  const drawn = all.filter((network): network is DrawnNetwork => 'weights' in network && network.sameAs === undefined);
  const others = drawn.filter((other) => other !== taken).sort((a, b) => rankOf(b.psnr!) - rankOf(a.psnr!));
  if (drawn.every(({ network }) => Object.keys(network.assumed).length === 0)) return { alike: [], combinations: 0 };
  const searched = [taken, ...(rankOf(psnr) < ALIKE ? others.slice(0, MOST_SEARCHED - 1) : [])];
  let combinations = 0;
  let better: (Better & { readonly from: DrawnNetwork }) | undefined;
  let alike: Attempted['alike'] = [];
  progress?.begin('Trying other values of what was assumed', 'combinations');
  for (const from of searched) {
    const { config, assumed, inr } = from.network;
    const attempted = await trySettings(
      { plugin, config, assumed, inr, weights: from.weights, signal, psnr },
      engine,
      abort,
      (tried, total) => progress?.update({ done: combinations + tried, total: combinations + total }),
    );
    combinations += attempted.tried;
    if (from === taken) alike = attempted.alike;
    const found = attempted.better;
    if (found && (!better || found.psnr > better.psnr)) better = { changes: found.changes, psnr: found.psnr, from };
  }
  progress?.end(`Tried ${combinations} other combinations of what was assumed`);
  if (!better) return { alike, combinations };
  const frames = spreadFrames(signal.shape.frames, signal.shape.frames);
  for (const from of drawn.filter((other) => other !== better!.from)) {
    const { config, assumed } = from.network;
    if (!Object.keys(better.changes).every((key) => key in assumed)) continue;
    const inr = plugin.build(plugin.config.parse({ ...config, ...better.changes }), signal.shape);
    const found = await likeness(inr, from.weights, signal, frames, engine, abort);
    if (rankOf(found) > better.psnr) better = { changes: better.changes, psnr: found, from };
  }
  const { changes, psnr: reached, from } = better;
  const key = from === taken ? {} : { key: from.network.key };
  return { better: { changes, psnr: reached, ...key }, alike: [], combinations };
}
