import { isDeepStrictEqual } from 'node:util';
import type { RunManifest } from '@xinc/runs';

/** Something that two runs of one network were not made with alike, though they are taken for seeds of one. */
export interface Difference {
  /** `model ffn: width` */
  readonly what: string;
  /** Its value in the first and in the second run, as text. */
  readonly values: readonly [string, string];
  /**
   * Whether they are certainly other networks. They need not be where versions differ, or where only one knows a setting: a later
   * version has added it, with a default that is what was done before.
   */
  readonly certain: boolean;
}

/** Characters of a value that are told. */
const MOST_CHARACTERS = 60;

/** What the networks of two runs differ in: the model, its settings, the versions of both and of XINC. */
export function networkDifferences(a: RunManifest, b: RunManifest): Difference[] {
  const plugin = ({ model }: RunManifest) => `${model.name} of ${model.package}`;
  if (plugin(a) !== plugin(b)) return differing('model', plugin(a), plugin(b));
  const settings = [...new Set([...Object.keys(a.model.config), ...Object.keys(b.model.config)])].sort();
  return [
    ...settings.flatMap((name) =>
      differing(`model ${a.model.name}: ${name}`, a.model.config[name], b.model.config[name]),
    ),
    ...differing(`version of model ${a.model.name}`, a.model.version, b.model.version, false),
    ...differing('version of XINC', a.xinc, b.xinc, false),
  ];
}

/** What two runs of one signal and network differ in besides: how they were trained. */
export function trainingDifferences(a: RunManifest, b: RunManifest): Difference[] {
  const parts = {
    steps: 'training steps',
    learningRate: 'learning rate',
    batch: 'pixels of a training step',
    untilPsnr: 'PSNR that ends training',
  } as const;
  return Object.entries(parts).flatMap(([key, what]) => {
    const of = ({ training }: RunManifest) => training?.[key as keyof typeof parts];
    return differing(what, of(a), of(b));
  });
}

function differing(what: string, a: unknown, b: unknown, certain = a !== undefined && b !== undefined): Difference[] {
  return isDeepStrictEqual(a, b) ? [] : [{ what, values: [shown(a), shown(b)], certain }];
}

function shown(value: unknown): string {
  if (value === undefined) return 'not stated';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
}
