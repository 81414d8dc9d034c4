import { Document, isSeq } from 'yaml';
import { STUDY_SCHEMA, type StudyManifest } from './manifest.js';

/** What is said in study.yaml of each of its keys, and a value to begin with where none is given. */
const KEYS: readonly { readonly key: keyof StudyManifest; readonly about: string; readonly example?: string }[] = [
  {
    key: 'signals',
    about:
      'What is represented: an image, a video or a folder of frames each, with its labels. Paths are relative to this file.\nA name is part of the names of its runs: one that has runs keeps it.',
  },
  {
    key: 'networks',
    about:
      'What represents each of them. model is a plugin, settings are its own (xinc plugins lists them); steps may be set here for one.\nOne model may be there twice, under two names, with other settings.',
  },
  { key: 'seeds', about: 'Every network is trained once from each of these.' },
  { key: 'frames', about: 'Frames that a network of videos takes.', example: '"0:30"' },
  { key: 'imageFrame', about: 'The frame of a video that a network of images takes.', example: '0' },
  { key: 'size', about: 'Height and width, or the longer side.', example: '128x256' },
  { key: 'crop', about: 'Cut from the centre, before resizing.', example: '480x960' },
  { key: 'matrix', about: 'Colour matrix of videos.', example: 'bt709' },
  { key: 'deinterlace', about: 'Make whole frames of interlaced videos.', example: 'true' },
  { key: 'void', about: 'Label values that are no object.', example: '"255,10000"' },
  { key: 'labelsOrientation', about: 'Labels lie on the picture as stored, or as shown.', example: 'stored' },
  { key: 'steps', about: "Training steps (each network's own, unless given).", example: '1000' },
  {
    key: 'untilPsnr',
    about:
      'PSNR of the whole signal in dB at which trainings end (none, unless given: all steps are done). A network may have its own, or one for\neach signal: untilPsnr: { bear: 30, street: 27.5 }.',
    example: '30',
  },
  {
    key: 'analyses',
    about: 'Analyses of every run (all there are, unless given).',
    example: '[canvas, grouping-variance]',
  },
  { key: 'analysisSettings', about: 'Their settings.', example: '{ objects: { neurons: 8 } }' },
  { key: 'groupings', about: 'Groupings (all there are, unless given).', example: '[rgb:32, grid:4x8]' },
  { key: 'preset', about: 'Settings of that name.', example: 'published' },
];

const HEAD = ` A study: every signal with every network and every seed is one run, in runs/ beside this file.
 xinc study run FOLDER makes the runs that are missing; xinc study status FOLDER says how far it is.
 xinc study add FOLDER adds signals, networks and seeds; the runs that are there stay.`;

/** The text of a study.yaml: what is given, and what else could be, as comments. */
export function manifestText(manifest: Omit<StudyManifest, 'schema'>): string {
  const given: StudyManifest = { schema: STUDY_SCHEMA, ...manifest };
  const head = new Document({ schema: given.schema });
  head.commentBefore = HEAD;
  const parts = KEYS.map(({ key, about, example }) => {
    const comment = about
      .split('\n')
      .map((line) => `# ${line}\n`)
      .join('');
    const value = given[key];
    if (value === undefined) return `${comment}# ${key}: ${example}\n`;
    const document = new Document({ [key]: value });
    const items = document.get(key);
    // One line for each signal, and the seeds in one.
    if (key === 'seeds' || key === 'analyses' || key === 'groupings') {
      if (isSeq(items)) items.flow = true;
    }
    return `${comment}${document.toString({ lineWidth: 0 })}`;
  });
  return [head.toString({ lineWidth: 0 }), ...parts].join('\n');
}

/**
 * Adds to the lists of a document; all else of it, comments among it, stays.
 * @param added more signals, networks, seeds
 */
export function addToDocument(
  document: Document,
  added: Partial<Pick<StudyManifest, 'signals' | 'networks' | 'seeds'>>,
): void {
  for (const [key, values] of Object.entries(added)) {
    for (const value of values) document.addIn([key], document.createNode(value));
  }
}
