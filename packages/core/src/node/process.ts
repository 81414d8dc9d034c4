import { readFileSync } from 'node:fs';

/** Whether a process of that number is at work on this machine; anybody's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // Somebody else's process is a process.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process has ended and only waits for its parent to hear of it; seen on Linux alone. */
function isZombie(pid: number): boolean {
  try {
    // The state follows the name, which is in brackets and may hold any character.
    return /^\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*(?=\))/s, ''));
  } catch {
    return false;
  }
}
