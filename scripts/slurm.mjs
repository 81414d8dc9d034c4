import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable } from './cache.mjs';
import { installPackages } from './debian.mjs';

/*
 * A Slurm of its own: one controller and one node, this machine, in a folder that is gone afterwards. Debian's slurm-wlm is installed
 * where it is missing and apt-get is there.
 */
const PROGRAMS = ['slurmctld', 'slurmd', 'munged', 'sbatch', 'squeue', 'scancel', 'scontrol'];
/** Processors that the node is said to have: tasks of a test share those that are there. */
const PROCESSORS = 4;

/** @throws Unavailable where it cannot be installed or started; the message says why. */
export async function startSlurm() {
  install();
  const folder = mkdtempSync(join(tmpdir(), 'xinc-slurm-'));
  const started = [];
  const stop = async () => {
    for (const child of started.reverse()) await end(child);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const [controller, node] = [await freePort(), await freePort()];
    for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'munge.key'), randomBytes(128), { mode: 0o400 });
    writeFileSync(join(folder, 'slurm.conf'), configuration(folder, controller, node));
    const env = { ...process.env, SLURM_CONF: join(folder, 'slurm.conf') };
    const begin = (program, ...args) => {
      const log = openSync(join(folder, `${program}.log`), 'a');
      started.push(spawn(program, args, { env, stdio: ['ignore', log, log] }));
    };
    const files = ['key', 'socket', 'pid', 'log', 'seed'];
    const options = { key: 'key-file', socket: 'socket', pid: 'pid-file', log: 'log-file', seed: 'seed-file' };
    begin('munged', '--foreground', '--force', ...files.map((name) => `--${options[name]}=${folder}/munge.${name}`));
    await pause(300);
    begin('slurmctld', '-D', '-f', env.SLURM_CONF);
    begin('slurmd', '-D', '-f', env.SLURM_CONF);
    const call = (program, ...args) => spawnSync(program, args, { env, encoding: 'utf8' });
    await until(
      () => call('sinfo', '--noheader', '--format=%t').stdout.trim() === 'idle',
      'node',
      () => ['munged', 'slurmctld', 'slurmd'].map((name) => lastLine(join(folder, `${name}.log`))).join('; '),
    );
    return { env, call, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function install() {
  const missing = () => PROGRAMS.filter((name) => spawnSync('which', [name]).status !== 0);
  if (process.platform !== 'linux') throw new Unavailable(`Slurm runs on Linux, and this is ${process.platform}`);
  if (process.getuid() !== 0)
    throw new Unavailable("Slurm's node asks for the rights of root, and this is another user");
  if (missing().length === 0) return;
  installPackages('Slurm', 'slurm-wlm', 'slurm-client', 'munge');
  if (missing().length > 0) throw new Unavailable(`Slurm lacks ${missing().join(', ')}`);
}

const configuration = (folder, controller, node) => `ClusterName=xinc
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmctldPort=${controller}
SlurmdPort=${node}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
# How long what is requeued waits, too.
AuthInfo=socket=${folder}/munge.socket,cred_expire=5
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,sched_min_interval=100000,batch_sched_delay=0
SchedulerType=sched/builtin
ReturnToService=2
KillWait=5
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
NodeName=${hostname()} NodeAddr=127.0.0.1 CPUs=${PROCESSORS} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;

/** @throws Unavailable after half a minute */
async function until(holds, what, why) {
  for (let tries = 0; tries < 150; tries++) {
    if (holds()) return;
    await pause(200);
  }
  throw new Unavailable(`Slurm was started, and its ${what} did not become ready (${why()})`);
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const lastLine = (file) => {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').at(-1);
  } catch {
    return '';
  }
};
