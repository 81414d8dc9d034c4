import { hostname, networkInterfaces } from 'node:os';

/** Where the server listens, and what it is called there. */
export interface ListenAddress {
  readonly host: string;
  /** Whether this machine alone reaches it. */
  readonly local: boolean;
  /** Names by which browsers may call it, lower case, IPv6 in brackets. */
  readonly names: ReadonlySet<string>;
  /** The one to print. */
  readonly name: string;
}

const LOOPBACK = '127.0.0.1';

/** @param host address or name to listen at; `0.0.0.0` and `::` are all of the machine's */
export function listenAddress(host: string = LOOPBACK): ListenAddress {
  const written = bracketed(host.toLowerCase());
  const local = written === 'localhost' || written === '[::1]' || /^127(\.\d+){3}$/.test(written);
  const loopback = ['localhost', LOOPBACK, '[::1]'];
  if (local) return { host, local, names: new Set([...loopback, written]), name: written };
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const own = interfaces.map(({ address }) => bracketed(address.toLowerCase()));
  const machine = hostname().toLowerCase();
  const names = new Set([...loopback, written, machine, ...own]);
  const everywhere = written === '0.0.0.0' || written === '[::]';
  const reachable = interfaces.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
  return { host, local, names, name: everywhere ? (reachable ?? machine) : written };
}

function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}
