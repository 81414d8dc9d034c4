import type { CustomHook, Inr, InrPlugin, LayerHook } from '../inr.js';
import { isObject, requireThat, show } from './breach.js';
import { callSync } from './call.js';
import { checkLayout, checkNetwork } from './check-network.js';
import { checkMultiplier } from './check-training.js';
import { checkCompleteness, checkSwitchedOff, traceChecked } from './custom-hook.js';
import { checkInputs } from './dry-run.js';
import type { Owner } from './fault.js';
import { guardSchema } from './guard-schema.js';
import { withFunctions } from './with-functions.js';

/** A model whose networks are checked as they are built. */
export function guardInr(owner: Owner, plugin: InrPlugin): InrPlugin {
  const { infer, layout } = plugin;
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
      infer: (shapes, signal) =>
        callSync(
          owner,
          'infer',
          () => infer.call(plugin, shapes, signal),
          (inferred) => {
            requireThat(
              isObject(inferred),
              `it gave ${show(inferred)}`,
              'Give settings, or {} where nothing is shown.',
            );
            const unknown = Object.keys(inferred).find((key) => keys.length > 0 && !keys.includes(key));
            requireThat(unknown === undefined, `it gave a setting '${unknown}', which the model does not have`);
            return inferred as Record<string, unknown>;
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
  });
}

/** A network each of whose functions names itself in what it throws, and whose results are checked. */
function guardNetwork(owner: Owner, inr: Inr): Inr {
  const { training } = inr;
  return withFunctions(inr, {
    inputs: (frames, pixels) =>
      callSync(
        owner,
        'inputs',
        () => inr.inputs(frames, pixels),
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
  if (hook.kind !== 'custom') return hook;
  const { completeness, switchOff } = hook;
  const of = `of layer '${hook.id}'`;
  const trace = traceChecked(hook, sampling);
  return withFunctions<CustomHook>(hook, {
    trace: (context, neurons, region, out) =>
      callSync(
        owner,
        `trace ${of}, frame ${context.frame}`,
        () => trace(context, neurons, region, out),
        () => {},
      ),
    ...(completeness && {
      completeness: (context) =>
        callSync(owner, `completeness ${of}`, () => completeness.call(hook, context), checkCompleteness),
    }),
    ...(switchOff && {
      switchOff: (parameters, neurons) =>
        callSync(
          owner,
          `switchOff ${of}`,
          () => switchOff.call(hook, parameters, neurons),
          (changed) => checkSwitchedOff(changed, parameters),
        ),
    }),
  });
}
