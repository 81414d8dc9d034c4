import type { RunView } from '../../api.js';
import { formatPsnr } from '../../color/number-format.js';

/** How far a training is, and where it was to end at a PSNR, which one. A run that is not finished has no PSNR. */
export function trainingState({ training, psnr }: Pick<RunView, 'training' | 'psnr'>): string {
  if (!training) return 'ended';
  const { live, untilPsnr, step, steps } = training;
  if (untilPsnr === undefined) return live ? 'training' : 'ended';
  const wanted = formatPsnr(untilPsnr);
  if (live) return `training until ${wanted}`;
  if (psnr === undefined) return `ended before ${wanted}`;
  return step < steps || Number(psnr) >= untilPsnr ? `ended at ${wanted}` : `ended, ${wanted} not reached`;
}
