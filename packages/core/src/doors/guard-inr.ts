import type { Arrays } from '../engine.js';
import type { CustomHook, CustomTraceContext, DerivedHook, Inr, InrPlugin, LayerHook, NetworkInFile } from '../inr.js';
import { isObject, requireThat, show } from './breach.js';
import { callSync } from './call.js';
import { checkEncoder, checkLayout, checkNetwork } from './check-network.js';
import { checkMultiplier } from './check-training.js';
import { checkCompleteness, checkSwitchedOff, traceChecked } from './custom-hook.js';
import { checkInputs } from './dry-run.js';
import type { Owner } from './fault.js';
import { guardSchema } from './guard-schema.js';
import { withFunctions } from './with-functions.js';

/** A model whose networks are checked as they are built. */
export function guardInr(owner: Owner, plugin: InrPlugin): InrPlugin {
  const { infer, assume, layout, encoder, files } = plugin;
  const keys = Object.keys((plugin.config as { shape?: object }).shape ?? {});
  return withFunctions(plugin, {
    config: guardSchema(owner, 'config', plugin.config),
    build: (config, signal) =>
      callSync(
        owner,
        'build',
        () => plugin.build(config, signal),
        (built) => checkNetwork(built, signal, (inr) => guardNetwork(owner, inr)),
      ),
    ...(infer && {
      infer: (shapes, signal, values) =>
        callSync(
          owner,
          'infer',
          () => infer.call(plugin, shapes, signal, values),
          (inferred) => checkSettings(inferred, keys),
        ),
    }),
    ...(assume && {
      assume: (shapes, signal, values) =>
        callSync(
          owner,
          'assume',
          () => assume.call(plugin, shapes, signal, values),
          (assumed) => {
            const settings = checkSettings(assumed, keys);
            const other = Object.keys(settings).find((key) => !Object.hasOwn(plugin.unshown ?? {}, key));
            requireThat(other === undefined, `it gave the setting '${other}', which is not among \`unshown\``);
            return settings;
          },
        ),
    }),
    ...(layout && {
      layout: (shapes) =>
        callSync(
          owner,
          'layout',
          () => layout.call(plugin, shapes),
          (found) => {
            if (found !== undefined) checkLayout(found);
            return found;
          },
        ),
    }),
    ...(encoder && {
      encoder: (shapes) =>
        callSync(
          owner,
          'encoder',
          () => encoder.call(plugin, shapes),
          (found) => {
            if (found === undefined) return found;
            checkEncoder(found);
            return withFunctions(found, {
              encode: (ops, weights, frame) =>
                callSync(
                  owner,
                  'encoder.encode',
                  () => found.encode(ops, weights, frame),
                  (code) => code,
                ),
            });
          },
        ),
    }),
    ...(files && {
      files: withFunctions(files, {
        ...(files.checkBeginning && {
          checkBeginning: (head, name) =>
            callSync(
              owner,
              `files.checkBeginning, ${name}`,
              () => files.checkBeginning!(head, name),
              () => {},
            ),
        }),
        read: (file) => callSync(owner, `files.read, ${file.name}`, () => files.read(file), checkNetworkInFile),
      }),
    }),
  });
}

/** Settings that a model told from tensors, `keys` being those that it has. */
function checkSettings(told: unknown, keys: readonly string[]): Record<string, unknown> {
  requireThat(isObject(told), `it gave ${show(told)}`, 'Give settings, or {} where nothing is shown.');
  const unknown = Object.keys(told).find((key) => keys.length > 0 && !keys.includes(key));
  requireThat(unknown === undefined, `it gave a setting '${unknown}', which the model does not have`);
  return told as Record<string, unknown>;
}

/** What a model read in a file that holds a network whole. */
function checkNetworkInFile(read: unknown): NetworkInFile {
  requireThat(isObject(read), `it gave ${show(read)}`, 'Give { config, settled, weights, description }.');
  const { config, settled, weights, description } = read;
  requireThat(isObject(config), `it gave config: ${show(config)}`, 'Give settings by name.');
  const named = Array.isArray(settled) && settled.every((key) => typeof key === 'string');
  requireThat(named, `it gave settled: ${show(settled)}`, 'Give a list of names of settings.');
  requireThat(isObject(weights), `it gave weights: ${show(weights)}`, 'Give arrays by the names of parameters.');
  requireThat(typeof description === 'string', `it gave description: ${show(description)}`, 'Give a text.');
  return read as unknown as NetworkInFile;
}

/** A network each of whose functions names itself in what it throws, and whose results are checked. */
function guardNetwork(owner: Owner, inr: Inr): Inr {
  const { training } = inr;
  return withFunctions(inr, {
    inputs: (frames, pixels, fixed) =>
      callSync(
        owner,
        'inputs',
        () => inr.inputs(frames, pixels, fixed),
        (inputs) => {
          checkInputs(inr, inputs);
          return inputs;
        },
      ),
    forward: (ops, parameters, inputs) =>
      callSync(
        owner,
        'forward',
        () => inr.forward(ops, parameters, inputs),
        (result) => result,
      ),
    layers: inr.layers.map((hook) => guardHook(owner, hook, inr.sampling)),
    training: withFunctions(training, {
      schedule: (progress) =>
        callSync(
          owner,
          'training.schedule',
          () => training.schedule(progress),
          (multiplier) => checkMultiplier(progress, multiplier),
        ),
    }),
  });
}

function guardHook(owner: Owner, hook: LayerHook, sampling: Inr['sampling']): LayerHook {
  if (hook.kind !== 'custom' && hook.kind !== 'derived') return hook;
  const { completeness, switchOff } = hook;
  const of = `of layer '${hook.id}'`;
  const common = {
    ...(completeness && {
      completeness: (context: CustomTraceContext) =>
        callSync(owner, `completeness ${of}`, () => completeness.call(hook, context), checkCompleteness),
    }),
    ...(switchOff && {
      switchOff: (parameters: Arrays, neurons: readonly number[]) =>
        callSync(
          owner,
          `switchOff ${of}`,
          () => switchOff.call(hook, parameters, neurons),
          (changed) => checkSwitchedOff(changed, parameters),
        ),
    }),
  };
  const unchecked = <R>(result: R) => result;
  if (hook.kind === 'derived') {
    return withFunctions<DerivedHook>(hook, {
      source: (context, region) =>
        callSync(owner, `source ${of}, frame ${context.frame}`, () => hook.source(context, region), unchecked),
      ...common,
    });
  }
  const trace = traceChecked(hook, sampling);
  return withFunctions<CustomHook>(hook, {
    trace: (context, neurons, region, out) =>
      callSync(
        owner,
        `trace ${of}, frame ${context.frame}`,
        () => trace(context, neurons, region, out),
        () => {},
      ),
    ...common,
  });
}
