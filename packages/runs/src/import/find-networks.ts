import { type Checkpoint, type KnownArchitecture, knownArchitecture } from '@xinc/checkpoints';
import { type InrPlugin, isXincError, type SignalShape, XincError } from '@xinc/core';
import { printable } from '@xinc/core/formats';
import { isOf } from './is-of.js';
import { below, isAsked, keyText } from './network-key.js';
import { type RecognisedNetwork, recogniseNetworks } from './recognise-network.js';

/** What is looked for in a checkpoint. */
export interface Wanted {
  readonly plugin: InrPlugin;
  /** Settings that the user gave. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly signal: SignalShape;
  /** Where in the file to look (`key`); everywhere, if it is not given. */
  readonly key?: string | undefined;
  /** All models at hand: one that recognises the file where the one asked for does not is named. */
  readonly models: readonly InrPlugin[];
}

/**
 * The networks of a model in a checkpoint, or what the file holds in their place and what to do about it.
 * @returns one at least, the likeliest place first
 * @throws XincError as `recogniseNetworks`; `not-found` for a key under which there is nothing; `unsupported` for networks of
 *   a family that the model is not of
 */
export function findNetworks(whole: Checkpoint, wanted: Wanted): RecognisedNetwork[] {
  const { plugin, given, signal, key } = wanted;
  const checkpoint = key === undefined ? whole : below(whole, key);
  if (!checkpoint) throw unknownKey(whole, wanted);
  const known = knownArchitecture(checkpoint);
  const foreign = known && !isOf(plugin, known) ? known : undefined;
  if (foreign?.mistakable) throw anotherFamily(checkpoint, foreign, wanted);
  let networks: RecognisedNetwork[];
  try {
    networks = recogniseNetworks(checkpoint, plugin, given, signal);
  } catch (error) {
    const around = key === undefined ? [] : withPartsAround(whole, wanted, key);
    if (around.length > 0) return around;
    if (!isXincError(error, 'invalid-file') && !isXincError(error, 'unsupported')) throw error;
    const named = foreign ?? (known?.advice === undefined ? undefined : known);
    if (named) throw anotherFamily(checkpoint, named, wanted, error);
    throw explained(error, checkpoint, wanted);
  }
  const asked = networks.filter((network) => isAsked(network, key));
  if (asked.length === 0) throw unknownKey(whole, wanted);
  return asked;
}

/** Networks below a key of which some parameters lie around it, as embeddings beside a state dict do. */
function withPartsAround(whole: Checkpoint, { plugin, given, signal }: Wanted, key: string): RecognisedNetwork[] {
  try {
    return recogniseNetworks(whole, plugin, given, signal).filter((network) => network.key === key);
  } catch (error) {
    if (!isXincError(error)) throw error;
    return [];
  }
}

function anotherFamily(checkpoint: Checkpoint, known: KnownArchitecture, wanted: Wanted, cause?: XincError): XincError {
  const { source } = checkpoint;
  const { phrase, evidence, advice } = known;
  const other = modelFor(checkpoint, wanted);
  return new XincError('unsupported', `${source} looks like ${phrase}: ${evidence}`, {
    subject: source,
    hint: other ? `Give \`model: ${other}\`.` : (advice ?? adviceOn(known, wanted)),
    ...(cause && { cause }),
  });
}

function adviceOn(known: KnownArchitecture, { models, signal }: Wanted): string {
  const model = models.find((one) => isOf(one, known));
  if (!model) return 'No installed model is of this kind; a plugin can add one (docs/plugins.md).';
  return model.signals.includes(signal.kind)
    ? `The model '${model.name}' is of this kind, and does not recognise it: \`model: ${model.name}\` tells why.`
    : `The model '${model.name}' is of this kind, and draws no ${signal.kind}.`;
}

/** What else there is to say of a file that holds no network of the model. */
function explained(error: XincError, checkpoint: Checkpoint, wanted: Wanted): XincError {
  const { source } = checkpoint;
  const { plugin, given, signal } = wanted;
  const other = modelFor(checkpoint, wanted);
  if (other) {
    return new XincError('invalid-file', `${source} holds no network that the model '${plugin.name}' recognises`, {
      subject: source,
      hint: `The model '${other}' does: give \`model: ${other}\`.`,
      cause: error,
    });
  }
  if (Object.keys(given).length > 0 && fits(checkpoint, plugin, signal)) {
    const settings = Object.entries(given).map(([key, value]) => `${key}=${value}`);
    return new XincError(error.code, error.message.replace(/\.$/, ''), {
      subject: source,
      hint: `Without \`set: ${settings.join(', ')}\` it fits: the weights show these settings themselves.`,
      ...(error.details !== undefined && { details: error.details }),
      cause: error,
    });
  }
  return error;
}

/** Another installed model that recognises the file. */
function modelFor(checkpoint: Checkpoint, { plugin, signal, models }: Wanted): string | undefined {
  return models.find(
    (other) => other.name !== plugin.name && other.signals.includes(signal.kind) && fits(checkpoint, other, signal),
  )?.name;
}

function fits(checkpoint: Checkpoint, plugin: InrPlugin, signal: SignalShape): boolean {
  try {
    return recogniseNetworks(checkpoint, plugin, {}, signal).length > 0;
  } catch (error) {
    if (!isXincError(error)) throw error;
    return false;
  }
}

/** Keys that a message lists. */
const MOST_KEYS = 12;

function unknownKey(checkpoint: Checkpoint, { plugin, given, signal, key }: Wanted): XincError {
  let networks: RecognisedNetwork[] = [];
  try {
    networks = recogniseNetworks(checkpoint, plugin, given, signal);
  } catch (error) {
    if (!isXincError(error)) throw error;
  }
  const keys = networks.map((network) => printable(keyText(network.key)));
  const listed =
    keys.length > MOST_KEYS
      ? `${keys.slice(0, MOST_KEYS).join(', ')} and ${keys.length - MOST_KEYS} more`
      : keys.join(', ');
  return new XincError('invalid-option', `\`key: ${key}\`: ${checkpoint.source} holds no network there`, {
    setting: 'key',
    hint:
      keys.length === 0
        ? `Nor does it hold one elsewhere that the model '${plugin.name}' recognises.`
        : `It holds ${keys.length === 1 ? 'one' : `${keys.length}`} of the model '${plugin.name}': ${listed}.`,
  });
}
