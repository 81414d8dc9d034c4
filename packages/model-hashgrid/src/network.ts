import {
  applyActivation,
  applyOutput,
  chooseTraining,
  deriveHooks,
  type Inr,
  type InrProgram,
  type NdArray,
  ndarray,
  type ParameterSpec,
  pixelCoordinates,
  type SignalShape,
  XincError,
} from '@xinc/core';
import { type HashGridConfig, MOST_ENTRIES, RATES } from './config.js';
import { CORNERS, entriesOf, type Level, levelsOf, lookUp } from './levels.js';
import { FEATURES, ROWS, type TablePlace, tableLayer, WEIGHTS } from './table-layer.js';

const CHANNELS = ['red', 'green', 'blue'];
const JOINED = 'table';
/** Tables are drawn from U(−1e-4, 1e-4) (Müller et al. 2022, §4). */
const TABLE_BOUND = 1e-4;

export const separateTable = (level: number): string => `level${level + 1}.table`;
export const joinedTable = JOINED;

/** Features looked up in grids of several resolutions, then dense layers. */
export function buildHashGrid(config: HashGridConfig, signal: SignalShape): Inr {
  const levels = levelsOf(config);
  const entries = entriesOf(levels);
  if (entries > MOST_ENTRIES) {
    throw new XincError('invalid-option', `The tables would have ${entries} rows; there can be ${MOST_ENTRIES}`, {
      setting: 'tableSize',
      hint: 'Take fewer `levels` or a smaller `tableSize`.',
    });
  }
  const { features, tables } = config;
  const columns = CORNERS * levels.length;
  const widths = widthsOf(config);
  const program: InrProgram = {
    signal,
    sampling: 'pixels',
    parameters: [...tableParameters(levels, config), ...denseParameters(widths)],
    inputs: (_frames, pixels): Record<string, NdArray> => {
      const { rows, weights } = lookUp(levels, pixelCoordinates(signal, pixels!, config), config.interpolation);
      const shape = [pixels!.length, columns];
      return { rows: ndarray(shape, rows), weights: ndarray(shape, weights) };
    },
    forward(ops, parameters, { rows, weights }) {
      const [pixels] = ops.shapeOf(rows);
      const table =
        tables === 'joined'
          ? parameters[JOINED]
          : ops.concat(
              levels.map((_, level) => parameters[separateTable(level)]),
              0,
            );
      const corners = ops.mul(ops.gather(table, rows, 0), ops.reshape(weights, [pixels, columns, 1]));
      const cells = ops.reshape(corners, [pixels * levels.length, CORNERS, features]);
      const encoded = ops.reshape(ops.sum(cells, { axes: [1] }), [pixels, levels.length * features]);
      let x = encoded;
      for (let layer = 1; layer < widths.length; layer++) {
        const z = ops.add(
          ops.matMul(x, parameters[`layer${layer}.weight`], { transposeB: true }),
          parameters[`layer${layer}.bias`],
        );
        x = layer < widths.length - 1 ? applyActivation[config.activation](ops, z) : z;
      }
      return { output: applyOutput(ops, x, config.output), activations: { [FEATURES]: encoded } };
    },
  };
  const derived = deriveHooks(program, {
    name: (_weight, position) => ({
      id: `layer${position + 1}`,
      label: `Layer ${position + 1} · ${widths[position]} ${position === 0 ? 'features' : 'neurons'}`,
      ...(position === widths.length - 2 && { channels: CHANNELS }),
    }),
  });
  const { learningRate, steps, batch } = config;
  return {
    ...program,
    layers: [
      ...levels.map((level, position) => tableLayer(position, level, placeOf(level, position, config), config)),
      ...derived.layers,
    ],
    recorded: { ...derived.recorded, [ROWS]: { input: 'rows' }, [WEIGHTS]: { input: 'weights' } },
    untraced: derived.untraced,
    training: chooseTraining(config, RATES, {
      // As published (Müller et al. 2022, §4), for tables most of whose rows a step does not reach.
      optimizer: { beta1: 0.9, beta2: 0.99, epsilon: 1e-15 },
      learningRate,
      schedule: () => 1,
      steps,
      batch,
    }),
  };
}

/** What each dense layer reads, and the three channels that the last gives. */
function widthsOf({
  levels,
  features,
  width,
  layers,
}: Pick<HashGridConfig, 'levels' | 'features' | 'width' | 'layers'>): number[] {
  return [levels * features, ...new Array<number>(layers - 1).fill(width), CHANNELS.length];
}

function placeOf({ first }: Level, position: number, { tables }: HashGridConfig): TablePlace {
  return tables === 'joined' ? { parameter: JOINED, first } : { parameter: separateTable(position), first: 0 };
}

function tableParameters(levels: readonly Level[], { tables, features }: HashGridConfig): ParameterSpec[] {
  const init = { kind: 'uniform', bound: TABLE_BOUND } as const;
  return tables === 'joined'
    ? [{ name: JOINED, shape: [entriesOf(levels), features], init, trainable: true }]
    : levels.map(({ entries }, level) => ({
        name: separateTable(level),
        shape: [entries, features],
        init,
        trainable: true,
      }));
}

/** Weights from U(±√(6/(in + out))) (Glorot and Bengio 2010), as published; biases begin at zero. */
function denseParameters(widths: readonly number[]): ParameterSpec[] {
  return widths.slice(1).flatMap((outputs, i): ParameterSpec[] => [
    {
      name: `layer${i + 1}.weight`,
      shape: [outputs, widths[i]],
      init: { kind: 'uniform', bound: Math.sqrt(6 / (widths[i] + outputs)) },
      trainable: true,
    },
    {
      name: `layer${i + 1}.bias`,
      shape: [outputs],
      init: { kind: 'constant', value: 0 },
      trainable: true,
      absent: 'zero',
    },
  ]);
}
