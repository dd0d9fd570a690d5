import { CloudError } from '../errors.ts';

/** Where a deployment listens and what it depends on. */
export type Addresses = {
  /** `host:port` */
  readonly listen: string;
  /** `embedded`, or the URL of a PostgreSQL. */
  readonly database: string;
  /** `host:port` of the embedded broker, or the URL of another. */
  readonly broker: string;
};

const loopbackV4 = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

export const isLoopbackHost = (host: string): boolean => {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name === '::1' || loopbackV4.test(name);
};

const hostOf = (hostPort: string): string => hostPort.slice(0, hostPort.lastIndexOf(':'));

const urlOf = (text: string): URL | undefined => {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
};

/**
 * Every host that the client might take: `?host=` goes over the one in its place (libpq, pg). A
 * folder is a UNIX socket, which never leaves the machine. No host at all is the environment's
 * choice and therefore no proof.
 */
const isLocalDatabase = (database: string): boolean => {
  if (database === 'embedded') return true;
  const url = urlOf(database);
  if (url === undefined) return false;
  const hosts = [url.hostname, ...url.searchParams.getAll('host')].filter((host) => host !== '');
  return (
    hosts.length > 0 &&
    hosts.map(decodeURIComponent).every((host) => host.startsWith('/') || isLoopbackHost(host)) &&
    !url.searchParams.has('hostaddr')
  );
};

const isLocalBroker = (broker: string): boolean => {
  if (!broker.includes('://')) return isLoopbackHost(hostOf(broker));
  const url = urlOf(broker);
  return url !== undefined && isLoopbackHost(url.hostname);
};

/**
 * Anybody who reaches the demo may be anyone, so it stays on this machine: what it listens on, what
 * it stores in and what it speaks through.
 * @throws CloudError CL_CONFIG naming what is not on loopback
 */
export const requireLoopback = ({ listen, database, broker }: Addresses): void => {
  const outside = [
    ...(isLoopbackHost(hostOf(listen)) ? [] : [`listen ${listen}`]),
    // A database URL carries a password: it is named, not shown.
    ...(isLocalDatabase(database) ? [] : ['the database']),
    ...(isLocalBroker(broker) ? [] : ['the broker']),
  ];
  if (outside.length === 0) return;
  throw new CloudError(
    'CL_CONFIG',
    `the demo lets anybody be anyone and stays on loopback; not there: ${outside.join(', ')}`,
  );
};
