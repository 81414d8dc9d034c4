import { COORDINATE_RULES, defineInr, type NetworkFile, XincError } from '@xinc/core';
import { arraysAsParameters, buildOnnx } from './build.js';
import { checkBeginning } from './check-file.js';
import { configSchema, type OnnxConfig } from './config.js';
import { readModel } from './read-model.js';

/** Networks of other programs: what an ONNX file computes, traced by the rules of docs/networks.md. */
export default defineInr<OnnxConfig>({
  kind: 'inr',
  name: 'onnx',
  title: 'ONNX network',
  description: 'Any network that torch.onnx.export writes, read off its program; made by xinc import network.onnx.',
  signals: ['image', 'video'],
  config: configSchema,
  build: buildOnnx,
  unshown: {
    coordinates: COORDINATE_RULES,
    axes: ['xy', 'yx'],
    range: [
      [0, 1],
      [-1, 1],
    ],
  },
  files: { endings: ['.onnx'], checkBeginning, read },
});

function read({ name, bytes, beside, arrays, output }: NetworkFile) {
  const { graph, weights, description, unread } = readModel(bytes, name, beside, output);
  const inputs = graph.inputs.map((input) => input.name);
  const given = Object.entries(arrays).filter(([array]) => !unread.includes(array));
  const unknown = given.find(([array]) => !inputs.includes(array));
  if (unknown) {
    throw new XincError('invalid-option', `The network has no input '${unknown[0]}'`, {
      subject: 'inputs',
      hint: inputs.length > 0 ? `It reads ${inputs.map((input) => `'${input}'`).join(', ')}.` : 'It reads none.',
    });
  }
  const fed = Object.fromEntries(given);
  const fraction = given.find(
    ([name, { data }]) => graph.whole?.includes(name) && data.some((v) => !Number.isInteger(v)),
  );
  if (fraction) {
    throw new XincError(
      'invalid-option',
      `The array '${fraction[0]}' has fractions, and the network reads whole numbers`,
      {
        subject: 'inputs',
        hint: 'Give what the network is fed, before it is scaled.',
      },
    );
  }
  const shapes = (named: Readonly<Record<string, { readonly shape: readonly number[] }>>) =>
    Object.fromEntries(Object.entries(named).map(([key, { shape }]) => [key, [...shape]]));
  // Coordinates are made only for what is not given.
  const complete = inputs.every((input) => fed[input] !== undefined);
  return {
    settled: complete ? ['coordinates', 'axes'] : [],
    config: { network: { graph, weights: shapes(weights), arrays: shapes(fed) } },
    weights: { ...weights, ...arraysAsParameters(fed) },
    description,
  };
}
