import {
  type Checkpoint,
  knownArchitecture,
  type MatchedNetwork,
  matchNetworks,
  type Place,
  possiblePlaces,
  requireTensors,
  tensorList,
  withoutTwins,
} from '@xinc/checkpoints';
import {
  type CheckpointLayout,
  type Inr,
  type InrPlugin,
  isXincError,
  type NdArray,
  type ParameterEncoder,
  type SignalShape,
  XincError,
} from '@xinc/core';
import { parseConfig } from '../settings.js';
import { describedConfig } from './described-config.js';
import { isOf } from './is-of.js';

/** A network that a checkpoint's weights are of. */
export interface RecognisedNetwork {
  /** Where in the file it lies: `state_dict.model`; empty at the top. */
  readonly key: string;
  readonly inr: Inr;
  readonly config: Readonly<Record<string, unknown>>;
  /** What of it the shapes of the weights showed. */
  readonly inferred: Readonly<Record<string, unknown>>;
  /** What neither the user nor the file said of what the model's pictures depend on: its defaults, or what fits the shapes. */
  readonly assumed: Readonly<Record<string, unknown>>;
  /** Parameters that the file does not hold, and that are zero. */
  readonly absent: readonly string[];
  /** The names they were found under, where these are none of the model's and were told from shapes and order. */
  readonly layout?: CheckpointLayout;
  /** Names of its tensors, without wrappers. */
  readonly tensors: ReadonlySet<string>;
  /** @throws XincError `numeric`, naming the tensor, if one is not finite; `unsupported` for dtypes that float32 cannot hold */
  weights(): Readonly<Record<string, NdArray>>;
  /** What computes a parameter that the file does not hold, and its weights, which the network does not keep. */
  readonly encoding?: Encoding;
}

export interface Encoding {
  readonly encoder: ParameterEncoder;
  /** @throws XincError as `RecognisedNetwork.weights` */
  weights(): Readonly<Record<string, NdArray>>;
}

/** Configurations that are tried; checkpoints of real training hold one or two, ensembles some tens. */
const MOST_TRIED = 40;

/**
 * Finds the networks of a model in a checkpoint, each with the configuration that its shapes show, wherever in the file they
 * lie; the likeliest place first.
 * @param given settings that the user gave; they come before those that the file states, if these fit, or else those shown
 * @returns one at least
 * @throws XincError `invalid-option` for settings, or a signal, that cannot be the network's; `unsupported` or `invalid-file`
 *   where no network of the model is there, the latter with a table of what was expected and found
 */
export function recogniseNetworks(
  checkpoint: Checkpoint,
  plugin: InrPlugin,
  given: Readonly<Record<string, unknown>>,
  signal: SignalShape,
): RecognisedNetwork[] {
  // Wrong settings are the user's mistake, whatever the file holds.
  parseConfig(plugin.config, given, `model '${plugin.name}'`);
  requireTensors(checkpoint);
  const described = describedConfig(checkpoint, plugin);
  const asked: Asked = { plugin, described, given, signal };
  const stated = Object.keys(described).length > 0;
  if (stated) {
    try {
      return named(checkpoint, NOTHING, asked);
    } catch (error) {
      // Not what the file states, then: what its weights show.
      if (!isXincError(error)) throw error;
    }
  }
  const places = possiblePlaces(checkpoint);
  const first = look(
    places.map((place) => ({ ...place, checkpoint })),
    asked,
  );
  if (first.networks.length > 0) return first.networks;
  const second = look(withEachTensorOnce(checkpoint, places), asked);
  if (second.networks.length > 0) return second.networks;
  if (first.failure) throw first.failure;
  // The model's default is nothing to compare with, where nobody chose it and the model would know its own.
  if (plugin.infer && !stated && Object.keys(given).length === 0) {
    throw unrecognised(checkpoint, plugin, stackedNetworks(places, plugin, signal));
  }
  return named(checkpoint, NOTHING, asked);
}

function unrecognised(checkpoint: Checkpoint, plugin: InrPlugin, stacked: number | undefined): XincError {
  const { source } = checkpoint;
  const known = knownArchitecture(checkpoint);
  const details = tensorList(checkpoint);
  if (stacked === undefined && known && isOf(plugin, known)) {
    return new XincError(
      'invalid-file',
      `${source} looks like ${known.phrase}: ${known.evidence}, in a form that the model '${plugin.name}' does not read`,
      {
        subject: source,
        hint: 'docs/interoperability.md lists what it reads; a plugin can add another (docs/plugins.md).',
        details,
      },
    );
  }
  return new XincError('invalid-file', `${source} holds no network that the model '${plugin.name}' recognises`, {
    subject: source,
    hint:
      stacked === undefined
        ? (namelessAdvice(checkpoint) ?? 'If it is of another architecture, a plugin can add that (docs/plugins.md).')
        : `Its tensors hold ${stacked} networks, stacked along their first axis. Save each alone, in PyTorch {name: tensor[0] for name, tensor in weights.items()}.`,
    details,
  });
}

/** What to do about tensors without the names that a state dict gives them: the state of an optimizer, a list of parameters. */
function namelessAdvice({ tensors }: Checkpoint): string | undefined {
  const names = [...tensors.keys()];
  if (names.some((name) => /(^|\.)exp_avg(_sq)?$|(^|\.)momentum_buffer$/.test(name))) {
    return "It holds the state of an optimizer and no weights that belong together: save the model's, in PyTorch model.state_dict().";
  }
  if (names.every((name) => name.startsWith('constants.'))) {
    return 'It is a frozen program, whose weights are constants without names: save the state_dict() of the module that was frozen.';
  }
  if (names.length > 1 && names.every((name) => /^(.*\.)?\d+$/.test(name))) {
    return 'Its tensors have numbers for names: save them by the names of the model, in PyTorch dict(zip((name for name, _ in model.named_parameters()), tensors)).';
  }
  return undefined;
}

/**
 * How many networks of a model are stacked in the tensors of one place, as `torch.func.stack_module_state` does; `undefined`
 * if none are.
 */
function stackedNetworks(places: readonly Place[], { infer }: InrPlugin, signal: SignalShape): number | undefined {
  for (const { shapes } of places) {
    const [count, ...others] = new Set(Object.values(shapes).map(([first]) => first));
    if (count === undefined || others.length > 0) continue;
    const single = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, shape.slice(1)]));
    if (Object.keys(infer?.(single, signal) ?? {}).length > 0) return count;
  }
  return undefined;
}

/** What tensors show of a network's settings, and values that go with their shapes for some that they do not show. */
interface Shown {
  readonly inferred: Readonly<Record<string, unknown>>;
  readonly fitting: Readonly<Record<string, unknown>>;
}

const NOTHING: Shown = { inferred: {}, fitting: {} };

/** What a network is looked for with. */
interface Asked {
  readonly plugin: InrPlugin;
  readonly described: Readonly<Record<string, unknown>>;
  readonly given: Readonly<Record<string, unknown>>;
  readonly signal: SignalShape;
}

/** A place, and the checkpoint that it is looked at in: the whole one, or one without tensors that are there twice. */
type Looked = Place & { readonly checkpoint: Checkpoint };

/** A tensor under two names leaves in doubt which is meant, until one of them is left out. */
function withEachTensorOnce(checkpoint: Checkpoint, places: readonly Place[]): Looked[] {
  return places.flatMap(({ prefix }) => {
    const reduced = withoutTwins(checkpoint, prefix);
    const place = reduced && possiblePlaces(reduced).find((other) => other.prefix === prefix);
    return place ? [{ ...place, checkpoint: reduced }] : [];
  });
}

/**
 * The networks of several places, and the first reason why one of them, which looked like it, holds none: that the network of one
 * does not draw this signal says more than that the tensors of another are not all there.
 */
function look(
  places: readonly Looked[],
  asked: Asked,
): { readonly networks: RecognisedNetwork[]; readonly failure?: XincError } {
  const { plugin, signal } = asked;
  let failure: XincError | undefined;
  const networks: RecognisedNetwork[] = [];
  const attempt = (make: () => readonly RecognisedNetwork[]): boolean => {
    try {
      for (const network of make()) {
        if (!networks.some((other) => sameTensors(other, network))) networks.push(network);
      }
      return true;
    } catch (error) {
      // A network was recognised, but does not fit, or does not draw this signal.
      if (!isXincError(error)) throw error;
      if (!failure || (isXincError(failure, 'invalid-file') && isXincError(error, 'invalid-option'))) failure = error;
      return false;
    }
  };
  /** Configurations tried, and whether there is a network of theirs under names that are the model's. */
  const tried = new Map<string, boolean>();
  for (const { prefix, shapes, values, checkpoint } of places) {
    const before = failure;
    attempt(() => {
      // What values state holds for the tensors beside them alone; what shapes show, for all of the same shapes.
      let stated = false;
      const read = (name: string) => {
        const found = values(name);
        stated ||= found !== undefined;
        return found;
      };
      const inferred = (plugin.infer?.(shapes, signal, read) ?? {}) as Record<string, unknown>;
      if (Object.keys(inferred).length === 0) return [];
      const shown = { inferred, fitting: (plugin.assume?.(shapes, signal, read) ?? {}) as Record<string, unknown> };
      const within = stated ? prefix : '';
      const key = JSON.stringify([shown, within]);
      if (!tried.has(key) && tried.size < MOST_TRIED)
        tried.set(
          key,
          attempt(() =>
            named(checkpoint, shown, asked, plugin.encoder?.(shapes)).filter((network) => isBelow(network, within)),
          ),
        );
      const layout = plugin.layout?.(shapes);
      if (!layout) return [];
      // These names come nearer to what is there than the published ones.
      failure = before;
      return told(checkpoint, shown, prefix, layout, asked);
    });
  }
  return { networks, ...(failure && { failure }) };
}

const sameTensors = (a: RecognisedNetwork, b: RecognisedNetwork): boolean =>
  a.tensors.size === b.tensors.size && [...a.tensors].every((name) => b.tensors.has(name));

const isBelow = ({ tensors }: RecognisedNetwork, prefix: string): boolean =>
  [...tensors].every((name) => name.startsWith(prefix));

/** Networks anywhere in the file whose names are the model's. */
function named(checkpoint: Checkpoint, shown: Shown, asked: Asked, encoder?: ParameterEncoder): RecognisedNetwork[] {
  const { inr, ...network } = built(shown, asked);
  const matched = encoder
    ? besideEncoder(checkpoint, inr, encoder)
    : matchNetworks(checkpoint, inr.parameters, inr.checkpoints).map(whatMatched);
  return matched.map((found) => ({ ...network, inr, ...found }));
}

/** Networks beside whose weights those of an encoder lie: it computes a parameter where that is missing, and is left out where it is not. */
function besideEncoder(checkpoint: Checkpoint, { parameters, checkpoints }: Inr, encoder: ParameterEncoder) {
  const init = { kind: 'constant', value: 0 } as const;
  const ofEncoder = Object.entries(encoder.weights).map(([name, shape]) => ({ name, shape, init, trainable: true }));
  const others = parameters.filter(({ name }) => name !== encoder.parameter);
  const isEncoders = (name: string) => Object.hasOwn(encoder.weights, name);
  const part = (all: Readonly<Record<string, NdArray>>, wanted: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => wanted(name)));
  const without = (matched: MatchedNetwork) => {
    const found = whatMatched(matched);
    return { ...found, weights: () => part(found.weights(), (name) => !isEncoders(name)) };
  };
  try {
    return matchNetworks(checkpoint, [...parameters, ...ofEncoder], checkpoints).map(without);
  } catch (error) {
    if (!isXincError(error)) throw error;
  }
  const layouts = checkpoints?.map(({ around = {}, ...layout }) => ({
    ...layout,
    around: Object.fromEntries(Object.entries(around).filter(([name]) => name !== encoder.parameter)),
  }));
  return matchNetworks(checkpoint, [...others, ...ofEncoder], layouts).map((matched) => ({
    ...without(matched),
    encoding: { encoder, weights: () => part(matched.parameters(), isEncoders) },
  }));
}

/** The network of one place whose names were told from shapes and order. */
function told(
  checkpoint: Checkpoint,
  shown: Shown,
  prefix: string,
  layout: CheckpointLayout,
  asked: Asked,
): RecognisedNetwork[] {
  const { inr, ...network } = built(shown, asked);
  const names = Object.fromEntries(Object.entries(layout.names).map(([parameter, name]) => [parameter, prefix + name]));
  const stated = layout.stated?.map((name) => prefix + name);
  const placed = { ...layout, names, ...(stated && { stated }) };
  return matchTold(checkpoint, inr, placed)
    .filter((matched) => matched.key === '')
    .map((matched) => ({ ...network, inr, ...whatMatched(matched), key: prefix.slice(0, -1), layout: placed }));
}

/** @throws XincError whose table is that of the names that come nearest, these or the model's */
function matchTold(checkpoint: Checkpoint, { parameters, checkpoints }: Inr, told: CheckpointLayout): MatchedNetwork[] {
  try {
    return matchNetworks(checkpoint, parameters, [told]);
  } catch (error) {
    if (isXincError(error)) matchNetworks(checkpoint, parameters, [...(checkpoints ?? []), told]);
    throw error;
  }
}

function whatMatched({ key, names, absent, parameters }: MatchedNetwork) {
  return { key, tensors: new Set(names.values()), absent, weights: parameters };
}

function built({ inferred, fitting }: Shown, { plugin, described, given, signal }: Asked) {
  const settings = { ...described, ...inferred, ...given };
  const config = parseConfig(plugin.config, { ...fitting, ...settings }, `model '${plugin.name}'`) as Record<
    string,
    unknown
  >;
  const inr = plugin.build(config, signal);
  const assumed = Object.fromEntries(
    unshownSettings(plugin, signal)
      .filter((key) => !(key in settings))
      .map((key) => [key, config[key]]),
  );
  return { inr, config, inferred, assumed };
}

/** Settings that shapes do not show and that networks of the signal depend on. */
export function unshownSettings({ unshown = {}, ofVideosOnly = [] }: InrPlugin, { kind }: SignalShape): string[] {
  const others: readonly string[] = kind === 'video' ? [] : ofVideosOnly;
  return Object.keys(unshown).filter((key) => !others.includes(key));
}
