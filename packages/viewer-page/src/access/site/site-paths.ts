/*
 * Where the files of a published site lie, below its folder: told once, for who writes them and who reads them. Names of runs, layers and
 * groupings may be anything; hosts tell capitals apart or not, and hide names that begin with a dot or an underscore.
 */

/** Names that Windows keeps for itself. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/;

/** A name as part of a path, another for each name: `Layer_1` is `=4c=ayer=5f=1`. */
export function safeName(name: string): string {
  const coded = (character: string) => `=${character.codePointAt(0)!.toString(16)}=`;
  const plain = name.replaceAll(/[^a-z0-9.-]/gu, coded).replace(/^\.|\.$/g, coded);
  return plain.replace(RESERVED, (reserved) => `${coded(reserved[0])}${reserved.slice(1)}`);
}

const path = (...names: readonly string[]) => names.map(safeName).join('/');

export const SITE_FILES = {
  /** `SiteSession`. */
  session: 'site.json',
  /** `RunView` */
  run: (id: string) => path('runs', id, 'run.json'),
  weights: (id: string) => path('runs', id, 'weights.safetensors'),
  /** `StoredNetwork` */
  network: (id: string) => path('runs', id, 'network.json'),
  /** Arrays that its program knows. */
  constants: (id: string) => path('runs', id, 'constants.safetensors'),
  onnx: (id: string) => path('runs', id, 'network.onnx'),
  /** `StoredHalves` */
  halves: (id: string) => path('runs', id, 'halves.json'),
  half: (id: string, cut: number, half: 'before' | 'after') => path('runs', id, `half-${cut}-${half}.onnx`),
  /** RGB of 8 bits where the picture has no other values, else of 16. */
  signal: (id: string, frame: number) => path('runs', id, 'frames', String(frame), 'signal.png'),
  /** float32 [H, W, 3], of a picture that has values between those. */
  signalArray: (id: string, frame: number) => path('runs', id, 'frames', String(frame), 'signal.npy'),
  inputs: (id: string, frame: number) => path('runs', id, 'frames', String(frame), 'inputs.safetensors'),
  /** `LabelView` */
  labelGroups: (id: string, frame: number, grouping: string) =>
    path('runs', id, 'frames', String(frame), 'labels', `${grouping}.json`),
  labels: (id: string, frame: number, grouping: string) =>
    path('runs', id, 'frames', String(frame), 'labels', `${grouping}.npy`),
  /** A file of the run. */
  file: (id: string, name: string) => path('runs', id, 'files', ...name.split('/')),
  /** The first frame. */
  thumbnail: (id: string) => path('runs', id, 'thumbnail.webp'),
  panel: (packageName: string) => path('panels', `${packageName}.js`),
} as const;

/** What the page reads itself, and no host has to know the kind of; frames too, which hosts may not make smaller at the cost of their values. */
const PACKED = /\.(json|npy|safetensors|onnx|svg|wasm)$|\/signal\.png$/;

/**
 * What a file is called on a web host: most are compressed there by gzip, since not every host does it, under a name that all hosts serve as
 * bytes. A run's own SVG is so nothing that a browser opens as a page.
 */
export const hostedName = (path: string): string =>
  path !== SITE_FILES.session && PACKED.test(path) ? `${path}.bin` : path;

/** Cuts of a network. */
export interface StoredHalves {
  readonly cuts: readonly {
    /** Parameters that what comes before the cut reads: as long as they stay, it does. */
    readonly kept: readonly string[];
  }[];
}
