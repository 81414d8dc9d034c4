import { counted } from '@xinc/core';
import { formatDuration } from '@xinc/core/formats';
import type { Progress, Work } from '@xinc/runs';
import { STUDY_FILES } from '../files.js';
import { startTask, type TaskCommand, type TaskProcess } from '../local/task-process.js';
import { openStudy, type Study } from '../open-study.js';
import { studyStatus, type TaskStatus, taskStatus } from '../tasks/status.js';
import type { Task } from '../tasks/tasks.js';
import { parseQueueAddress } from './address.js';
import { keepDeadLetters } from './dead-letters.js';
import { queueFailed, queueOpen } from './queue-study.js';
import { ATTEMPTS, type Job, type QueueTiming, StudyQueue, TIMING } from './study-queue.js';

/** Milliseconds between two words on how far it is. */
const TELLING = 500;
/** How many times longer than counting what is left takes it is not counted again: in a long queue it takes a second. */
const COUNTING = 50;
/** Seconds after which a task that another process does, whatever started that, is looked at again. */
const ELSEWHERE = 5;

export interface QueueWork {
  /** Where the queue is: `postgres://…`. */
  readonly queue: string;
  /** Tasks done at once. */
  readonly jobs: number;
  /** How a process is started that does one task. */
  readonly command: TaskCommand;
  /** Queues what failed, first. */
  readonly retry?: boolean;
  /** Goes on when everything is done, until it is aborted: for tasks that are queued later. */
  readonly wait?: boolean;
  readonly timing?: QueueTiming;
}

/**
 * Does tasks of a study that its queue gives out, each in a process of its own, until all are done. Any number of processes may do so, on any
 * machines that see the study; they may come and go. The first queues what is to be done.
 * @returns how far each task is then
 * @throws XincError `invalid-option`, `io`; what fails in a task is in its status
 */
export async function workQueue(study: Study, options: QueueWork, work: Work = {}): Promise<TaskStatus[]> {
  const address = parseQueueAddress(options.queue);
  const timing = options.timing ?? TIMING;
  const queue = await StudyQueue.open(study, address, work, timing);
  try {
    return await new QueueWorker(study, queue, options, timing, work).work();
  } finally {
    await queue.close();
  }
}

/** One process that works for a queue. */
class QueueWorker {
  /** As it was when it was last read: tasks are added to it. */
  #study: Study;
  /** Which version of study.yaml that was; none that is known, as it was given. */
  #read = '';
  readonly #queue: StudyQueue;
  readonly #options: QueueWork;
  readonly #timing: QueueTiming;
  readonly #work: Work;
  readonly #tasks = new Map<string, Task>();
  /** Jobs that are this process', and what becomes of them. */
  readonly #held = new Map<Job, Promise<void>>();
  readonly #running = new Map<Task, TaskProcess>();
  /** Tasks of which it was said that another process does them. */
  readonly #elsewhere = new Set<string>();
  /** Why tasks failed whose failure could not be written, as on a full disk. */
  readonly #unwritten = new Map<string, string>();
  /** Ends the work: it was aborted, or cannot be gone on with. */
  readonly #end = new AbortController();
  #fault: unknown;
  /** Jobs in the queue that are not over, when they were last counted; when that was, and milliseconds that it took. */
  #unfinished = 0;
  #counted = 0;
  #counting = 0;
  #checked = 0;
  /** Whether everything was done when it last looked, and nothing has come since. */
  #idle = false;
  /** Whether a task has ended, or all work, since it last looked into the queue. */
  #changed = false;
  #wake: () => void = () => {};
  /** Whether a sign of life is under way: it may wait for the database. */
  #signing = false;

  constructor(study: Study, queue: StudyQueue, options: QueueWork, timing: QueueTiming, work: Work) {
    this.#study = study;
    this.#queue = queue;
    this.#options = options;
    this.#timing = timing;
    this.#work = work;
    this.#know(study);
  }

  async work(): Promise<TaskStatus[]> {
    const { progress, abort } = this.#work;
    const stop = () => this.#stop();
    if (abort?.aborted) stop();
    abort?.addEventListener('abort', stop);
    const living = setInterval(() => void this.#signOfLife(), this.#timing.signOfLife * 1000);
    const ticking = setInterval(() => progress?.update(this.#progress()), TELLING);
    try {
      await this.#begin();
      progress?.begin('Study', 'runs');
      while (!this.#end.signal.aborted) {
        const free = this.#options.jobs - this.#held.size;
        const jobs = free > 0 ? await this.#queue.take(free) : [];
        for (const job of jobs) this.#hold(job);
        if (jobs.length === 0 && this.#held.size === 0 && (await this.#isOver())) break;
        await this.#next(free > jobs.length);
      }
    } catch (error) {
      this.#break(error);
    } finally {
      await Promise.all(this.#held.values());
      clearInterval(living);
      clearInterval(ticking);
      abort?.removeEventListener('abort', stop);
    }
    if (this.#fault !== undefined) throw this.#fault;
    const states = await studyStatus(this.#study);
    const done = states.filter(({ state }) => state === 'done').length;
    const rest = abort?.aborted ? '; repeat the command to go on from there' : '';
    progress?.end(`Study: ${done} of ${states.length} runs are done${rest}`, abort?.aborted ? 'left-out' : 'done');
    return states.map((status) => {
      const why = this.#unwritten.get(status.task.id);
      return why === undefined || status.state === 'done' ? status : { task: status.task, state: 'failed', why };
    });
  }

  #stop(): void {
    this.#end.abort();
    for (const { stop } of this.#running.values()) stop();
    this.#change();
  }

  /** Ends the work with an error; one that comes of its end is none. */
  #break(error: unknown): void {
    if (this.#end.signal.aborted) return;
    this.#fault = error;
    this.#stop();
  }

  /** Queues what is to be done, unless another has. */
  async #begin(): Promise<void> {
    const { progress } = this.#work;
    await this.#readLetters();
    if (this.#options.retry) {
      const count = await queueFailed(this.#study, this.#queue, await studyStatus(this.#study));
      progress?.line(`queued again: ${counted(count, 'run')} that failed`);
    }
    await this.#count();
    if (this.#unfinished > 0) {
      progress?.line(`in the queue: ${counted(this.#unfinished, 'run')}`);
      return;
    }
    await this.#fill();
    if (this.#unfinished > 0) progress?.line(`queued: ${counted(this.#unfinished, 'run')}`);
  }

  /**
   * Queues what the study's folder says is not done, whatever the queue says.
   * @returns whether there is nothing left
   */
  async #fill(): Promise<boolean> {
    // Of a task that was given up the folder knows once its dead letter is read.
    if ((await this.#queue.unread()) > 0) return false;
    const states = (await studyStatus(this.#study)).filter(({ task }) => !this.#unwritten.has(task.id));
    await queueOpen(this.#study, this.#queue, states, this.#work);
    await this.#count();
    return this.#unfinished === 0;
  }

  async #count(): Promise<void> {
    const start = performance.now();
    this.#unfinished = await this.#queue.unfinished();
    this.#counted = performance.now();
    this.#counting = this.#counted - start;
  }

  /** Whether there is nothing left, in the queue or in the study. */
  async #isOver(): Promise<boolean> {
    const now = performance.now();
    if (now - this.#checked < Math.max(1000 * this.#timing.checking, COUNTING * this.#counting)) return false;
    this.#checked = now;
    await this.#readLetters();
    await this.#count();
    if (this.#unfinished > 0 || this.#idle) return false;
    await this.#reopen();
    if (!(await this.#fill())) return false;
    this.#idle = this.#options.wait ?? false;
    return !this.#idle;
  }

  /** Waits until a task ends, or until the queue is to be looked into again. */
  async #next(polling: boolean): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    if (!this.#changed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (polling) timer = setTimeout(resolve, 1000 * this.#timing.polling);
      });
    }
    clearTimeout(timer);
    this.#changed = false;
  }

  /** There may be something to do. */
  #change(): void {
    this.#changed = true;
    this.#wake();
  }

  #hold(job: Job): void {
    this.#idle = false;
    const doing = this.#do(job)
      .catch((error) => this.#break(error))
      .finally(() => {
        this.#held.delete(job);
        this.#change();
      });
    this.#held.set(job, doing);
  }

  async #do(job: Job): Promise<void> {
    const { progress } = this.#work;
    const task = await this.#taskOf(job);
    // Asked for in other words by now.
    if (task === undefined) return this.#queue.complete(job);
    const before = await taskStatus(this.#study, task);
    if (before.state === 'done') return this.#queue.complete(job);
    if (before.state === 'running') {
      if (!this.#elsewhere.has(task.id)) {
        const { pid, host } = before.holder!;
        const where = host === undefined ? '' : ` on ${host}`;
        progress?.line(`${task.id} is being done by another process (${pid}${where}): it is looked at again later`);
        this.#elsewhere.add(task.id);
      }
      return this.#queue.giveBack(job, ELSEWHERE);
    }
    if (this.#end.signal.aborted) return this.#queue.giveBack(job, 0);
    const process = startTask(this.#options.command(task));
    this.#running.set(task, process);
    const { seconds, how, words } = await process.ended.finally(() => this.#running.delete(task));
    const { state, why } = await taskStatus(this.#study, task);
    if (state === 'done') {
      this.#elsewhere.delete(task.id);
      if (!this.#end.signal.aborted) progress?.line(`${task.id}: done in ${formatDuration(seconds)}`);
      return this.#queue.complete(job);
    }
    if (this.#end.signal.aborted) return this.#queue.giveBack(job, 0);
    if (state === 'running') return this.#queue.giveBack(job, ELSEWHERE);
    const silent = `${how}${words === '' ? '' : `; its last words: ${words}`}`;
    await this.#failed(job, task, (state === 'failed' ? why : undefined) ?? silent);
  }

  async #failed(job: Job, task: Task, why: string): Promise<void> {
    const last = job.attempt >= ATTEMPTS;
    const least = this.#timing.backOff * 2 ** (job.attempt - 1);
    const then = last ? '' : ` (tried again in ${least} to ${2 * least} s)`;
    this.#work.progress?.line(`${task.id}: failed: ${why}${then}`);
    await this.#queue.fail(job, why);
    if (last) await this.#readLetters();
  }

  /** Keeps in the study why tasks were given up. */
  async #readLetters(): Promise<void> {
    const unwritten = await keepDeadLetters(this.#study, this.#queue, (letter) => this.#taskOf(letter));
    for (const [id, why] of unwritten) this.#unwritten.set(id, why);
  }

  /** The task of a job; `undefined` where the study has none that is asked for in its words. */
  async #taskOf({ task: id, digest }: Pick<Job, 'task' | 'digest'>): Promise<Task | undefined> {
    const find = () => {
      const task = this.#tasks.get(id);
      return task?.digest === digest ? task : undefined;
    };
    // Of many jobs that nobody asks for any more, the file is read for the first alone.
    if (find() === undefined && (await this.#stamp()) !== this.#read) await this.#reopen();
    return find();
  }

  /** Reads study.yaml again. */
  async #reopen(): Promise<void> {
    this.#read = await this.#stamp();
    this.#know(await openStudy(this.#study.path));
  }

  /** Tells one version of study.yaml from another. */
  async #stamp(): Promise<string> {
    const { mtimeMs, size } = (await this.#study.folder.stats(STUDY_FILES.manifest)) ?? { mtimeMs: 0, size: 0 };
    return `${mtimeMs} ${size}`;
  }

  #know(study: Study): void {
    this.#study = study;
    this.#tasks.clear();
    for (const task of study.tasks) this.#tasks.set(task.id, task);
  }

  async #signOfLife(): Promise<void> {
    if (this.#signing) return;
    this.#signing = true;
    try {
      await this.#queue.keep([...this.#held.keys()]);
      if (performance.now() - this.#counted > COUNTING * this.#counting) await this.#count();
    } catch (error) {
      this.#break(error);
    } finally {
      this.#signing = false;
    }
  }

  #progress(): Parameters<Progress['update']>[0] {
    const total = this.#study.tasks.length;
    const note = [...this.#running].map(([{ id }, process]) => `${id} ${process.stage()}`.trim()).join(', ');
    return { done: Math.max(0, total - this.#unfinished), total, note };
  }
}
