import type { EnginePlugin } from '../engine.js';
import type { InrPlugin } from '../inr.js';
import { sizeOf } from '../ndarray.js';
import type { Signal, SignalShape } from '../signal.js';
import { initializeParameters } from '../train/initialize.js';
import { definitions } from './definitions-engine.js';
import type { BuiltNetwork, InrTolerance } from './network/built-network.js';
import { checkCheckpoints } from './network/checkpoints.js';
import { checkForward } from './network/forward.js';
import { checkGradients } from './network/gradients.js';
import { checkTracedLayers, type LayerMeasures } from './network/layers.js';
import { smallPicture, smallVideo } from './signals.js';
import { settingsOf, underTest } from './under-test.js';

export interface InrCheckOptions {
  /**
   * Each is compared with the definitions of the operations, which share no code with any, and so with the others. By default none: the
   * network then runs by the definitions themselves.
   */
  readonly engines?: readonly EnginePlugin[];
  /** By default the defaults of the model. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** By default `smallPicture()` and `smallVideo()`, whichever the model is for. */
  readonly signals?: readonly Signal[];
  readonly tolerance?: Partial<InrTolerance>;
}

/** What was measured of a network on a signal. */
export interface InrMeasures {
  readonly signal: SignalShape;
  /** How many numbers are trained. */
  readonly trained: number;
  /** By engine: what it computes against the definitions, as a share of the largest value. */
  readonly engines: Readonly<Record<string, number>>;
  /** By engine: gradients against differences. */
  readonly gradients: Readonly<Record<string, number>>;
  readonly layers: readonly LayerMeasures[];
  /** Names of the layouts of checkpoints. */
  readonly checkpoints: readonly string[];
}

const TOLERANCE: InrTolerance = { completeness: 1e-5, engines: 1e-3, gradients: 1e-3, maps: 1e-4 };

/**
 * Checks a model as a reviewer would, on small signals: it builds with its settings; its forward pass is finite, repeatable, and the
 * same on all engines; gradients are those that differences give; contributions of every layer add up, are those of the tables, and the
 * same for one worker and several; checkpoint names lead back to the network.
 * @returns what was measured, of each signal
 * @throws XincError `plugin` that says what is wrong, of which layer, neuron or parameter, and by how much
 * @example const [{ layers }] = await checkInr(siren, { engines: [ort, tfjs] });
 */
export async function checkInr<C>(model: InrPlugin<C>, options: InrCheckOptions = {}): Promise<readonly InrMeasures[]> {
  const tested = underTest(model as InrPlugin) as ReturnType<typeof underTest<InrPlugin<C>>>;
  const { plugin } = tested;
  const settings = settingsOf(tested, 'config', plugin.config, options.settings);
  const signals =
    options.signals ?? [smallPicture(), smallVideo()].filter(({ shape }) => plugin.signals.includes(shape.kind));
  const engines = await Promise.all((options.engines ?? [definitions]).map((engine) => engine.create({ threads: 1 })));
  try {
    const measures: InrMeasures[] = [];
    for (const signal of signals) {
      const { shape } = signal;
      const frame = shape.frames - 1;
      const inr = plugin.build(settings, shape);
      const built: BuiltNetwork = {
        tested: tested as never,
        inr,
        weights: initializeParameters(inr.parameters, 0),
        engines,
        tolerance: { ...TOLERANCE, ...options.tolerance },
        frame,
        picture: await signal.frame(frame),
      };
      measures.push({
        signal: shape,
        trained: inr.parameters.reduce((sum, one) => sum + (one.trainable ? sizeOf(one.shape) : 0), 0),
        engines: await checkForward(built, plugin.build(settings, shape)),
        gradients: await checkGradients(built),
        layers: await checkTracedLayers(built),
        checkpoints: checkCheckpoints(built, plugin, settings),
      });
    }
    return measures;
  } finally {
    await Promise.all(engines.map((engine) => engine.dispose()));
  }
}
