import { type Checkpoint, matchParameters, possibleShapes, requireTensors, tensorList } from '@xinc/checkpoints';
import {
  type CheckpointLayout,
  type Inr,
  type InrPlugin,
  isXincError,
  type NdArray,
  type SignalShape,
  XincError,
} from '@xinc/core';
import { parseConfig } from '../settings.js';
import { describedConfig } from './described-config.js';

/** The network that a checkpoint's weights are of. */
export interface RecognisedNetwork {
  readonly inr: Inr;
  readonly config: Readonly<Record<string, unknown>>;
  /** What of it the shapes of the weights showed. */
  readonly inferred: Readonly<Record<string, unknown>>;
  /** What neither the user nor the file said of what the model's pictures depend on: its defaults. */
  readonly assumed: Readonly<Record<string, unknown>>;
  readonly weights: Readonly<Record<string, NdArray>>;
  /** The names they were found under, where these are none of the model's and were told from shapes and order. */
  readonly layout?: CheckpointLayout;
}

/** Configurations that are tried; checkpoints of real training hold one or two. */
const MOST_TRIED = 8;

/**
 * Finds a model's weights in a checkpoint, with the configuration that their shapes show, wherever in the file they lie.
 * @param given settings that the user gave; they come before those that the file states, if these fit, or else those shown
 * @throws XincError `invalid-option` for settings, or a signal, that cannot be the network's; `invalid-file` with a table
 *   of what was expected and found
 */
export function recogniseNetwork(
  checkpoint: Checkpoint,
  plugin: InrPlugin,
  given: Readonly<Record<string, string>>,
  signal: SignalShape,
): RecognisedNetwork {
  // Wrong settings are the user's mistake, whatever the file holds.
  parseConfig(plugin.config, given, `model '${plugin.name}'`);
  requireTensors(checkpoint);
  const described = describedConfig(checkpoint, plugin);
  if (Object.keys(described).length > 0) {
    try {
      return match(checkpoint, plugin, { ...described, ...given }, { inferred: {} }, signal);
    } catch (error) {
      // Not what the file states, then: what its weights show.
      if (!isXincError(error)) throw error;
    }
  }
  const shown: Shown[] = [];
  let failure: unknown;
  for (const shapes of possibleShapes(checkpoint)) {
    try {
      const inferred = (plugin.infer?.(shapes, signal) ?? {}) as Record<string, unknown>;
      const layout = plugin.layout?.(shapes);
      const known = Object.keys(inferred).length === 0 || shown.some((other) => same(other.inferred, inferred));
      if (!known && shown.length < MOST_TRIED) shown.push({ inferred, ...(layout && { layout }) });
    } catch (error) {
      // The network was recognised, but does not draw this signal.
      if (!isXincError(error)) throw error;
      failure ??= error;
    }
  }
  for (const candidate of shown.length > 0 || failure ? shown : [{ inferred: {} }]) {
    try {
      return match(checkpoint, plugin, { ...described, ...candidate.inferred, ...given }, candidate, signal);
    } catch (error) {
      if (!isXincError(error)) throw error;
      failure ??= shown.length > 0 ? error : unrecognised(checkpoint, plugin, error);
    }
  }
  throw failure;
}

/** What the tensors of one place in the file show. */
type Shown = Pick<RecognisedNetwork, 'inferred' | 'layout'>;

function match(
  checkpoint: Checkpoint,
  plugin: InrPlugin,
  settings: Readonly<Record<string, unknown>>,
  { inferred, layout }: Shown,
  signal: SignalShape,
): RecognisedNetwork {
  const config = parseConfig(plugin.config, settings, `model '${plugin.name}'`) as Record<string, unknown>;
  const inr = plugin.build(config, signal);
  const assumed = Object.fromEntries(
    (plugin.unshown ?? []).filter((key) => !(key in settings)).map((key) => [key, config[key]]),
  );
  const network = { inr, config, inferred, assumed };
  try {
    return { ...network, weights: matchParameters(checkpoint, inr.parameters, inr.checkpoints ?? []) };
  } catch (error) {
    // Names that are the model's come first; a weight that is not finite is no matter of names.
    if (!layout || !isXincError(error, 'invalid-file')) throw error;
    return { ...network, weights: matchParameters(checkpoint, inr.parameters, [layout]), layout };
  }
}

/** The shapes are nothing that the model knows: that the signal does not fit its defaults is then beside the point. */
function unrecognised(checkpoint: Checkpoint, { name }: InrPlugin, error: XincError): XincError {
  if (error.code !== 'invalid-option') return error;
  return new XincError(
    'invalid-file',
    `${checkpoint.source} holds no network that the model '${name}' recognises, and its default does not draw this signal`,
    {
      subject: checkpoint.source,
      hint: 'Choose another --model, or give the settings it was trained with as --set key=value.',
      details: tensorList(checkpoint),
      cause: error,
    },
  );
}

const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);
