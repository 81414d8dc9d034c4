import { formatShape, type Shape } from '@xinc/core';
import { printable } from '@xinc/core/formats';
import type { Checkpoint } from '../checkpoint.js';
import { tensorsByPlainName } from './names.js';
import { possiblePlaces, tensorShapes } from './tensor-shapes.js';

/** A family of networks that a checkpoint's names and shapes are of. */
export interface KnownArchitecture {
  /** As its authors write it: `SIREN`. */
  readonly name: string;
  /** With its article: `a SIREN`. */
  readonly phrase: string;
  /** What shows it. */
  readonly evidence: string;
  /** Whether its tensors can be taken for those of another family, whose network would then draw something else. */
  readonly mistakable: boolean;
  /** What to do about a form of it that no model reads. */
  readonly advice?: string;
  /** Other families whose networks have the same names and shapes, by the names of their models. */
  readonly alike: readonly string[];
}

/** What the rules look at. */
interface Contents {
  /** Shapes by plain names, those of quantised tensors (`….weight.quant`) by the name of what they stand for. */
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly complex: readonly string[];
  /** Outputs of dense layers that follow one another, after the number of coordinates: [2, 256, 256, 3]. */
  readonly coordinateChain: Chain | undefined;
  /** The same of layers on features that were computed from them. */
  readonly encodingChain: Chain | undefined;
}

interface Chain {
  readonly widths: readonly number[];
  readonly names: readonly string[];
}

interface Rule {
  readonly name: string;
  readonly phrase: string;
  readonly mistakable?: boolean;
  readonly advice?: string;
  readonly alike?: readonly string[];
  /** What shows it, or `undefined`. */
  evidence(contents: Contents): string | undefined;
}

const named = (pattern: RegExp, what: string) => (contents: Contents) => {
  const name = Object.keys(contents.shapes).find((candidate) => pattern.test(candidate));
  return name === undefined ? undefined : `it holds ${what}`;
};

/** The first that applies is it. Names are those of the published code. */
const RULES: readonly Rule[] = [
  {
    name: 'HNeRV',
    phrase: 'an HNeRV',
    mistakable: true,
    evidence({ shapes }) {
      const names = Object.keys(shapes);
      if (!names.some((name) => /(^|\.)decoder\.\d+\.conv\./.test(name))) return undefined;
      const embedding = names.find((name) => /(^|\.)(embed|embeds|embedding|embeddings|img_embed)(\.\d+)?$/.test(name));
      if (embedding !== undefined && shapes[embedding].length >= 3) {
        return `it draws each frame from an embedding of that frame ('${printable(embedding)}', ${formatShape(shapes[embedding])})`;
      }
      const encoder = names.some((name) => /(^|\.)encoder\./.test(name));
      return encoder ? 'it draws each frame from what its encoder makes of that frame' : undefined;
    },
  },
  {
    name: 'HNeRV',
    phrase: 'an HNeRV',
    evidence({ shapes }) {
      const [stem, block] = [
        /(^|\.)decoder\.0\.conv\.downconv\.weight$/,
        /(^|\.)decoder\.1\.conv\.upconv\.0\.weight$/,
      ].map((pattern) => Object.entries(shapes).find(([name]) => pattern.test(name))?.[1]);
      const oneCell = stem && block && stem[0] === block[1];
      return oneCell ? 'its decoder begins at an embedding of a frame, not at the encoded index of one' : undefined;
    },
  },
  {
    name: 'E-NeRV',
    phrase: 'an E-NeRV',
    evidence: named(/(^|\.)(stem_t|stem_xy|trans1|t_layers|toconv)\./, 'a branch for time and one for coordinates'),
  },
  {
    name: 'FFNeRV',
    phrase: 'an FFNeRV',
    advice:
      'No installed model is of this kind, whose frames are warped from one another: export what makes one frame to ONNX and import that (docs/networks.md), or add a plugin (docs/plugins.md).',
    evidence: named(/(^|\.)video_field\.\d+$/, 'grids of features over time'),
  },
  {
    name: 'NeRV',
    phrase: 'a NeRV',
    evidence: named(
      /(^|\.)(layers\.0\.conv\.conv|decoder\.0\.conv\.downconv)\.weight$/,
      'convolutions that enlarge a frame block by block',
    ),
  },
  {
    name: 'NeRF',
    phrase: 'a NeRF',
    evidence: named(
      /(^|\.)(pts_linears|views_linears|alpha_linear|rgb_linear)\b/,
      'layers for points and viewing directions',
    ),
  },
  {
    name: 'hashgrid',
    phrase: 'a hash grid (Instant-NGP) of tiny-cuda-nn',
    advice:
      'Where each part of it begins depends on a configuration that is not in the file: save its tables and matrices apart, as packages/model-hashgrid/README.md shows.',
    evidence({ shapes }) {
      const entry = Object.entries(shapes).find(
        ([name, shape]) => shape.length === 1 && shape[0] > 64 && /(^|\.)params$/.test(name),
      );
      return entry && `it holds all its parameters in one vector ('${printable(entry[0])}', ${formatShape(entry[1])})`;
    },
  },
  {
    name: 'hashgrid',
    phrase: 'a hash grid (Instant-NGP)',
    evidence({ shapes }) {
      const entry = Object.entries(shapes).find(
        ([name, shape]) =>
          shape.length >= 2 &&
          shape[shape.length - 1] <= 8 &&
          /hash|encod|grid|table/i.test(name) &&
          /(embeddings?|tables?|params)(\.\d+)?(\.weight)?$/i.test(name),
      );
      return entry && `it holds a table of features ('${printable(entry[0])}', ${formatShape(entry[1])})`;
    },
  },
  {
    name: 'WIRE',
    phrase: 'a network of complex numbers, such as a WIRE',
    mistakable: true,
    evidence({ complex: [name] }) {
      return name && `'${printable(name)}' is complex`;
    },
  },
  {
    name: 'WIRE',
    phrase: 'a WIRE',
    mistakable: true,
    evidence({ shapes }) {
      const names = Object.keys(shapes);
      const layer = names.find((name) => /(^|\.)(scale_orth|freqs)\.weight$/.test(name));
      const scaled = names.find((name) => /(^|\.)scale_0$/.test(name));
      if (layer === undefined && scaled === undefined) return undefined;
      return `its layers have scales and frequencies of their own ('${printable((layer ?? scaled)!)}')`;
    },
  },
  {
    name: 'multiplicative filter network',
    phrase: 'a multiplicative filter network',
    evidence: named(/(^|\.)filters\.0\./, 'filters that multiply its layers'),
  },
  {
    name: 'COIN',
    phrase: 'a COIN, a SIREN in code of its own',
    alike: ['siren', 'finer', 'gauss'],
    evidence({ coordinateChain: chain }) {
      return chain?.names.some((name) => /(^|\.)last_layer\.linear\.weight$/.test(name)) ? chainText(chain) : undefined;
    },
  },
  {
    name: 'SIREN',
    phrase: 'a SIREN',
    alike: ['finer', 'gauss'],
    evidence({ coordinateChain: chain }) {
      if (!chain) return undefined;
      const code = chain.names.some((name) => name.endsWith('.linear.weight'));
      const others = code ? 'a FINER or Gauss network' : 'a FINER, Gauss or ReLU network';
      return `${chainText(chain)} (or ${others}, of the same shapes)`;
    },
  },
  {
    name: 'ffn',
    phrase: 'a network on an encoding of the coordinates (Fourier features, or those of NeRF)',
    alike: ['pemlp'],
    evidence: ({ encodingChain: chain }) => chain && `dense layers ${layersText(chain.widths)}`,
  },
];

const chainText = ({ widths }: Chain) => `dense layers ${layersText(widths)} on the coordinates themselves`;

/** `2 → 256 → 256 → 3`, of many layers the first and the last. */
function layersText(widths: readonly number[]): string {
  const texts = widths.length > 8 ? [...widths.slice(0, 4), '…', ...widths.slice(-2)] : widths;
  return texts.join(' → ');
}

/** The family of networks that names and shapes are of, where it is one of those that people have; nothing is certain in it. */
export function knownArchitecture(checkpoint: Checkpoint): KnownArchitecture | undefined {
  const tensors = [...tensorsByPlainName(checkpoint)];
  const contents: Contents = {
    shapes: Object.fromEntries(tensors.map(([name, { shape }]) => [name.replace(/\.quant$/, ''), shape])),
    complex: tensors.filter(([, { dtype }]) => dtype.startsWith('complex')).map(([name]) => name),
    coordinateChain: possiblePlaces(checkpoint)
      .map(({ shapes }) => coordinateChain(shapes))
      .find((chain) => chain),
    encodingChain: encodingChain(tensorShapes(checkpoint)),
  };
  for (const { name, phrase, mistakable = false, advice, alike = [], evidence } of RULES) {
    const shown = evidence(contents);
    if (shown !== undefined) return { name, phrase, evidence: shown, mistakable, alike, ...(advice && { advice }) };
  }
  return undefined;
}

/** The most layers of a network of coordinates. */
const MOST_LAYERS = 64;
const natural = new Intl.Collator('en', { numeric: true });

/** Outputs of a picture's or a grey picture's pixels. */
const CHANNELS = [1, 3];

/** All weights of a place, if they are dense layers that follow one another from one to four coordinates to a colour. */
function coordinateChain(shapes: Readonly<Record<string, Shape>>): Chain | undefined {
  return denseChain(shapes, (features) => features <= 4);
}

/** The same from many features, each a sine and a cosine of the coordinates or one more. */
function encodingChain(shapes: Readonly<Record<string, Shape>>): Chain | undefined {
  // With a bias whose weight is not there, what comes first is not what reads the features.
  const flat = Object.entries(shapes).every(([name, { length }]) =>
    name.endsWith('weight') ? length === 2 : length === 1 && name.replace(/bias$/, 'weight') in shapes,
  );
  return flat ? denseChain(shapes, (features) => features > 4 && features <= 1024) : undefined;
}

function denseChain(shapes: Readonly<Record<string, Shape>>, begins: (features: number) => boolean): Chain | undefined {
  const weights = Object.entries(shapes).filter(([name, { length }]) => length === 2 && name.endsWith('weight'));
  if (weights.length < 2 || weights.length > MOST_LAYERS) return undefined;
  const sorted = [...weights].sort(([a], [b]) => natural.compare(a, b));
  const follows = (order: typeof weights) =>
    begins(order[0][1][1]) &&
    CHANNELS.includes(order[order.length - 1][1][0]) &&
    // One network's colours may be what another begins with.
    order.slice(1).every(([, [, inputs]], i) => inputs === order[i][1][0] && inputs > 4);
  const order = [weights, sorted].find(follows);
  return order && { widths: [order[0][1][1], ...order.map(([, [outputs]]) => outputs)], names: order.map(([n]) => n) };
}
