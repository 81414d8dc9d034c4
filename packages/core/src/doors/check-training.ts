import { isCount, isObject, requireThat, show } from './breach.js';
import { checkOptimizer } from './check-optimizer.js';

/** Places of a training at which a schedule is tried. */
const TRIED = 64;

/** The defaults of a network's training; its schedule is tried at some places of the way. */
export function checkTraining(training: unknown): void {
  requireThat(isObject(training), `training is ${show(training)}`);
  const { optimizer, learningRate, schedule, steps, batch } = training;
  checkOptimizer(optimizer);
  const rate = typeof learningRate === 'number' && learningRate > 0 && Number.isFinite(learningRate);
  requireThat(rate, `training.learningRate is ${show(learningRate)}`, 'It has to be above 0.');
  requireThat(isCount(steps), `training.steps is ${show(steps)}`, 'It has to be a whole number of at least 1.');
  requireThat(isCount(batch), `training.batch is ${show(batch)}`, 'It has to be a whole number of at least 1.');
  requireThat(typeof schedule === 'function', `training.schedule is ${show(schedule)}, not a function`);
  for (let i = 0; i < TRIED; i++) checkMultiplier(i / TRIED, schedule.call(training, i / TRIED));
}

/** What a schedule gave. */
export function checkMultiplier(progress: number, multiplier: unknown): number {
  requireThat(
    typeof multiplier === 'number' && Number.isFinite(multiplier) && multiplier >= 0,
    `training.schedule(${progress}) is ${show(multiplier)}`,
    'It multiplies the learning rate: a number of at least 0.',
  );
  return multiplier;
}
