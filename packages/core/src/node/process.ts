import { readFileSync } from 'node:fs';

/** Whether a process of that number runs on this machine, of whichever user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // It exists, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process has ended and its parent has not collected its status yet; known on Linux alone. */
function isZombie(pid: number): boolean {
  try {
    // The state follows the name, which is in brackets and may hold any character.
    return /^\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*(?=\))/s, ''));
  } catch {
    return false;
  }
}
