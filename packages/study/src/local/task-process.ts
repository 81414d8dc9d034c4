import { type ChildProcess, spawn } from 'node:child_process';
import { finished } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Progress } from '@xinc/runs';
import { z } from 'zod';
import type { Task } from '../tasks/tasks.js';

/** The program and its arguments that do a task. */
export type TaskCommand = (task: Task) => readonly [program: string, ...args: string[]];

/** Characters of what a process said last that are kept. */
const WORDS = 300;
/** Milliseconds that they are waited for, once it has ended. */
const LAST_WORDS = 1000;

/** What a process tells of its task. */
const messageSchema = z.object({ stage: z.string().max(200) });

/** A process that does a task. */
export interface TaskProcess {
  /** What it is at: `Training 40 %`. */
  stage(): string;
  /** Seconds since it was started. */
  seconds(): number;
  /** Asks it to stop, keeping what it has. */
  stop(): void;
  readonly ended: Promise<{
    readonly seconds: number;
    /** `its process was ended by SIGKILL` */
    readonly how: string;
    /** What it last said on standard error. */
    readonly words: string;
  }>;
}

/** Starts a process that is connected to this one: should either be gone, the other learns of it. */
export function startTask([program, ...args]: ReturnType<TaskCommand>): TaskProcess {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const child: ChildProcess = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Its console would open a window of its own.
    windowsHide: true,
  });
  let [stage, said] = ['', ''];
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-WORDS);
  });
  child.on('message', (message) => {
    const parsed = messageSchema.safeParse(message);
    if (parsed.success) stage = parsed.data.stage;
  });
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(`its process could not be started (${error.message})`);
    });
    // Not `close`, which does not come where this side has ended the connection.
    child.on('exit', (code, signal) =>
      resolve(signal === null ? `its process ended with ${code}` : `its process was ended by ${signal}`),
    );
  }).then(async (how) => {
    const took = seconds();
    // What it started may hold its standard error open.
    await Promise.race([finished(child.stderr!).catch(() => {}), pause(LAST_WORDS, undefined, { ref: false })]);
    child.stderr!.destroy();
    return { seconds: took, how, words: said.trim().replace(/\s*\n\s*/g, ' ') };
  });
  return {
    stage: () => stage,
    seconds,
    stop() {
      if (child.connected) child.disconnect();
    },
    ended,
  };
}

/** Milliseconds between messages of a task's progress. */
const INTERVAL = 500;

/** This process, where `runStudy` started it for a task; it has a connection to that one then. */
export interface TaskConnection {
  /** Ends when the process that started this one is gone, or asks to stop. */
  readonly abort: AbortSignal;
  /** Tells it how far the task is. */
  readonly progress: Progress;
  /** Lets this process end. */
  close(): void;
}

/** The connection of this process to the one that started it for a task; `undefined` where there is none. */
export function taskConnection(): TaskConnection | undefined {
  if (!process.send) return undefined;
  const controller = new AbortController();
  const end = () => controller.abort();
  process.once('disconnect', end);
  // A listener keeps a process that has nothing left to do.
  process.channel?.unref();
  if (!process.connected) end();
  let [title, last] = ['', 0];
  const tell = (stage: string) => {
    if (process.connected) process.send?.({ stage: stage.slice(0, 100) }, () => {});
  };
  return {
    abort: controller.signal,
    progress: {
      begin(text) {
        title = text;
        tell(title);
      },
      update({ done, total }) {
        const now = performance.now();
        if (now - last < INTERVAL) return;
        last = now;
        tell(`${title} ${Math.floor((100 * done) / total)} %`);
      },
      end() {},
      line() {},
    },
    close() {
      process.off('disconnect', end);
      if (process.connected) process.disconnect();
    },
  };
}
