/* A process as `runStudy` starts them, which makes no run: node do-nothing.mjs STUDY ID DIGEST HOW. */
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const [study, id, digest, how] = process.argv.slice(2);
appendFileSync(join(study, 'begun'), `${id}\n`);
process.send({ stage: 'Training 40 %' });
process.once('disconnect', () => {
  appendFileSync(join(study, 'stopped'), `${id}\n`);
  process.exit(130);
});
if (how === 'killed') process.kill(process.pid, 'SIGKILL');
if (how === 'mute') {
  console.error('there is\nno memory');
  process.exit(7);
}
if (how === 'fails') {
  mkdirSync(join(study, 'failures'), { recursive: true });
  writeFileSync(
    join(study, 'failures', `${id}.json`),
    JSON.stringify({ digest, why: 'it does not exist', host: 'here', when: '' }),
  );
  process.exit(1);
}
// Until the test lets it.
if (how === 'lingers') while (!existsSync(join(study, 'go'))) await pause(20);
if (how === 'done' || how === 'lingers') {
  mkdirSync(join(study, 'runs', id), { recursive: true });
  writeFileSync(join(study, 'runs', id, `task-${digest}.json`), '');
  process.exit(0);
}
// Waits to be stopped.
setInterval(() => {}, 1000);
