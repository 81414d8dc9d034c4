import {
  type Arrays,
  type Engine,
  type Inr,
  type InrPlugin,
  isXincError,
  type Signal,
  sameShape,
  throwIfAborted,
} from '@xinc/core';
import { parseConfig } from '../settings.js';
import { likeness, rankOf, spreadFrames } from './likeness.js';
import { Sample } from './sample.js';

/** Settings with which a network draws its signal better than with those that were assumed. */
interface BetterSettings {
  /** Those that differ from what was assumed. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly inr: Inr;
  /** Over the whole signal, dB. */
  readonly psnr: number;
}

export interface Attempted {
  readonly better?: BetterSettings;
  /** Single settings with which the network draws another picture, as near to the signal: within 1 dB, the nearest first. */
  readonly alike: readonly Pick<BetterSettings, 'changes' | 'psnr'>[];
  /** How many combinations of settings were tried. */
  readonly tried: number;
}

/** What is tried, and on what. */
export interface Assumption {
  readonly plugin: InrPlugin;
  readonly config: Readonly<Record<string, unknown>>;
  /** Settings that neither the file nor the user said. */
  readonly assumed: Readonly<Record<string, unknown>>;
  readonly inr: Inr;
  readonly weights: Arrays;
  readonly signal: Signal;
  /** With what was assumed, over the whole signal, dB. */
  readonly psnr: number;
}

/** dB by which other settings have to be better to be named. */
const WORTH_NAMING = 1;
/** Milliseconds for trying settings on the sample. */
const TIME = 8000;
/** Combinations from which others are reached by one change, as long as none of them draws the signal well, and after that. */
const BEAM = 12;
const WELL_DRAWN = 25;
/** Combinations that are drawn in full, and dB within which they count as equally good. */
const FINALISTS = 4;
const EQUAL = 0.1;
/** Frames of a video that finalists draw. */
const FINAL_FRAMES = 8;

/**
 * Tries other values of the settings that were assumed (`InrPlugin.unshown`) on a sample of the signal: every change of one of
 * them, further changes of the best, every change of two, and further changes of the best, within some seconds. Names the best combination where it draws the whole
 * signal better by at least 1 dB; of equally good ones, the one with the fewest changes.
 * @throws XincError `cancelled`
 */
export async function trySettings(
  assumption: Assumption,
  engine: Engine,
  abort: AbortSignal | undefined,
  onTried?: (tried: number, total: number) => void,
): Promise<Attempted> {
  const { plugin, config, assumed, inr, weights, signal } = assumption;
  const choices = choicesOf(plugin, assumed);
  if (choices.length === 0 || assumption.psnr === Number.POSITIVE_INFINITY) return { tried: 0, alike: [] };
  const sample = await Sample.of(signal, inr, weights, engine);
  const end = performance.now() + TIME;
  const trials = new Map<string, Trial>();
  const attempt = async (changes: Changes): Promise<void> => {
    const key = keyOf(changes);
    if (trials.has(key) || performance.now() > end) return;
    throwIfAborted(abort);
    const other = changes.size === 0 ? inr : build(plugin, { ...config, ...Object.fromEntries(changes) }, inr);
    if (other) trials.set(key, { changes, inr: other, psnr: rankOf(await sample.psnr(other)) });
  };
  try {
    const { single, pairs } = fewChanges(choices);
    const attemptAll = async (all: readonly Changes[]) => {
      for (const changes of all) {
        await attempt(changes);
        onTried?.(trials.size, Math.max(trials.size, single.length + pairs.length));
      }
    };
    /** Changes the best ones further, as long as that helps. @param beam how many of them, told the best's PSNR */
    const climb = async (beam: (best: number) => number) => {
      for (let best = Number.NEGATIVE_INFINITY; ; ) {
        const ranked = [...trials.values()].sort(byPsnr);
        if (ranked[0].psnr <= best + EQUAL || performance.now() > end) break;
        best = ranked[0].psnr;
        for (const { changes } of ranked.slice(0, beam(best))) {
          await attemptAll(choices.map(([key, value]) => changed(changes, key, value, assumed[key])));
        }
      }
    };
    await attemptAll(single);
    // Where each of several wrong settings costs something by itself, this finds all of them before pairs take the time.
    await climb(() => 1);
    await attemptAll(pairs);
    await climb((best) => (best < WELL_DRAWN ? BEAM : 1));
  } finally {
    await sample.dispose();
  }
  const tried = trials.size - 1;
  const better = await bestInFull([...trials.values()], assumption, engine, abort);
  if (better) return { tried, better, alike: [] };
  return { tried, alike: await alikeInFull([...trials.values()], assumption, engine, abort) };
}

type Changes = ReadonlyMap<string, unknown>;

interface Trial {
  readonly changes: Changes;
  readonly inr: Inr;
  /** On the sample. */
  readonly psnr: number;
}

const byPsnr = (a: Trial, b: Trial) => b.psnr - a.psnr || a.changes.size - b.changes.size;

/** Every other value of every setting that was assumed. */
function choicesOf(plugin: InrPlugin, assumed: Readonly<Record<string, unknown>>): [key: string, value: unknown][] {
  return Object.entries((plugin.unshown ?? {}) as Record<string, readonly unknown[]>).flatMap(([key, values]) =>
    key in assumed
      ? values.filter((value) => !same(value, assumed[key])).map((value): [string, unknown] => [key, value])
      : [],
  );
}

/** None and each one; and each two that go together. */
function fewChanges(choices: readonly (readonly [string, unknown])[]): {
  readonly single: readonly Changes[];
  readonly pairs: readonly Changes[];
} {
  const pairs = choices.flatMap((one, i) =>
    choices.slice(i + 1).flatMap((other) => (other[0] === one[0] ? [] : [new Map([one, other])])),
  );
  return { single: [new Map(), ...choices.map((one) => new Map([one]))], pairs };
}

/** With one setting at this value, or back at what was assumed where it has it. */
function changed(changes: Changes, key: string, value: unknown, assumed: unknown): Changes {
  const others = [...changes].filter(([other]) => other !== key);
  const back = changes.has(key) && same(changes.get(key), value);
  return new Map(back || same(value, assumed) ? others : [...others, [key, value]]);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const keyOf = (changes: Changes): string => JSON.stringify([...changes].sort(([a], [b]) => (a < b ? -1 : 1)));

/** The network with these settings, if there is one and it has the same parameters. */
function build(plugin: InrPlugin, settings: Readonly<Record<string, unknown>>, { signal, parameters }: Inr) {
  try {
    const inr = plugin.build(parseConfig(plugin.config, settings, `model '${plugin.name}'`), signal);
    const alike = inr.parameters.every(
      ({ name, shape }, i) => name === parameters[i]?.name && sameShape(shape, parameters[i].shape),
    );
    return alike && inr.parameters.length === parameters.length ? inr : undefined;
  } catch (error) {
    if (!isXincError(error)) throw error;
    return undefined;
  }
}

async function bestInFull(
  trials: readonly Trial[],
  { weights, signal, psnr }: Assumption,
  engine: Engine,
  abort: AbortSignal | undefined,
): Promise<BetterSettings | undefined> {
  const assumed = trials.find(({ changes }) => changes.size === 0)!;
  const finalists = trials
    .filter((trial) => trial.psnr >= assumed.psnr + WORTH_NAMING / 2)
    .sort(byPsnr)
    .slice(0, FINALISTS);
  const frames = spreadFrames(signal.shape.frames, FINAL_FRAMES);
  const drawn = [];
  for (const trial of finalists) {
    const found = rankOf(await likeness(trial.inr, weights, signal, frames, engine, abort));
    drawn.push({ ...trial, psnr: found });
  }
  const best = Math.max(...drawn.map((trial) => trial.psnr));
  const [chosen] = drawn.filter((trial) => trial.psnr >= best - EQUAL).sort((a, b) => a.changes.size - b.changes.size);
  if (!chosen) return undefined;
  const all = spreadFrames(signal.shape.frames, signal.shape.frames);
  const inFull =
    frames.length === all.length ? chosen.psnr : await likeness(chosen.inr, weights, signal, all, engine, abort);
  if (rankOf(inFull) < rankOf(psnr) + WORTH_NAMING) return undefined;
  return { changes: Object.fromEntries(chosen.changes), inr: chosen.inr, psnr: inFull };
}

async function alikeInFull(
  trials: readonly Trial[],
  { weights, signal, psnr }: Assumption,
  engine: Engine,
  abort: AbortSignal | undefined,
): Promise<Attempted['alike']> {
  const assumed = trials.find(({ changes }) => changes.size === 0)!;
  const near = trials
    .filter((trial) => trial.changes.size === 1 && trial.psnr !== assumed.psnr)
    .filter((trial) => Math.abs(trial.psnr - assumed.psnr) < WORTH_NAMING)
    .slice(0, FINALISTS);
  const frames = spreadFrames(signal.shape.frames, signal.shape.frames);
  const drawn = [];
  for (const { inr, changes } of near) {
    const found = await likeness(inr, weights, signal, frames, engine, abort);
    drawn.push({ changes: Object.fromEntries(changes), psnr: found });
  }
  return drawn.filter((trial) => Math.abs(trial.psnr - psnr) < WORTH_NAMING).sort((a, b) => b.psnr - a.psnr);
}
