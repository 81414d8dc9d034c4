import type { TrainingDefaults } from '@xinc/core';
import type { RunManifest } from '../folder/manifest.js';
import { optimizerWords } from './optimizer-words.js';
import { endedWords, stepsTaken } from './until-psnr.js';

/**
 * How the network of a finished run was trained, where that is not as published, in words that follow `It was trained`; `undefined` where it was
 * trained as published, or elsewhere.
 */
export function trainedWords(defaults: TrainingDefaults, manifest: RunManifest): string | undefined {
  const { training } = manifest;
  const ended = endedWords(manifest);
  return training ? optimizerWords(defaults, stepsTaken(training), ended) : ended;
}
