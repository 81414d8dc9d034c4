import { isXincError, psnrOfError } from '@xinc/core';
import { train } from '@xinc/core/trace';

/**
 * Trains a network and keeps what it reached on the way.
 * @param training engine, model, signal, seed, settings of the model, its optimiser among them, and whether the first step, which compiles, takes
 * time as well, as it does unless told
 * @returns points: a step of an image's network, or a pass over a video's frames, the PSNR [dB] of what it saw, and what it took until then, wall
 * time and processor time of this process [s]. Where the loss is not finite any more, the last point is of NaN.
 */
export async function trainingCurve({ engine, model, signal, seed, settings, compiling = true }) {
  const inr = model.build(model.config.parse(settings), signal.shape);
  const perPoint = signal.shape.kind === 'video' ? Math.ceil(signal.shape.frames / inr.training.batch) : 1;
  const points = [];
  let [sum, start, before] = [0, performance.now(), process.cpuUsage()];
  const onStep = ({ step, loss }) => {
    if (step === 1 && !compiling) [start, before] = [performance.now(), process.cpuUsage()];
    sum += loss;
    if (step % perPoint !== 0) return;
    const { user, system } = process.cpuUsage(before);
    points.push({
      at: step / perPoint,
      psnr: psnrOfError(sum / perPoint),
      seconds: (performance.now() - start) / 1e3,
      processorSeconds: (user + system) / 1e6,
    });
    sum = 0;
  };
  try {
    await train({ inr, signal, engine, seed, onStep });
  } catch (error) {
    if (!isXincError(error, 'numeric')) throw error;
    points.push({ at: Number.NaN, psnr: Number.NaN, seconds: Number.NaN, processorSeconds: Number.NaN });
  }
  return points;
}
