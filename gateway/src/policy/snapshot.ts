import { digestText, parseJson, PolicyRow, toHex, utf8 } from '@gatehouse/protocols';
import type { Manifest } from '@gatehouse/protocols';
import { Compile } from 'typebox/compile';
import { GatewayError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { createRoster } from './roster.ts';
import type { Roster } from './roster.ts';

/**
 * 140,000 cards with a phone key each are some 55 MB of rows and a fifth of that compressed; what
 * is far beyond would take the memory that the doors need.
 */
export const snapshotBytesMax = 64 * 1024 * 1024;
export const inflatedBytesMax = 192 * 1024 * 1024;
/** Rows between two pauses, so that a door or a bus never waits for a large policy. */
export const rowsPerSlice = 200;

export const policyRow = Compile(PolicyRow);

export type Snapshot = {
  readonly roster: Roster;
  /** The same rows again, for the store. */
  readonly chunks: () => Iterable<readonly PolicyRow[]>;
};

/**
 * The snapshot that a manifest names, or undefined where it is not what was signed.
 * @throws GatewayError GW_SNAPSHOT where it cannot be fetched or inflated
 */
export const fetchSnapshot = async (
  manifest: Manifest,
  ports: Pick<Ports, 'http' | 'zstd' | 'primitives' | 'clock'>,
): Promise<Snapshot | undefined> => {
  const { gateway, policyEpoch, version, bytes } = manifest;
  const path = `/v1/policy/${gateway}/${policyEpoch}-${version}`;
  if (bytes > snapshotBytesMax) throw new GatewayError('GW_SNAPSHOT', `${path}: ${bytes} bytes`);
  const body = await ports.http.get(path, bytes).catch((error: unknown) => {
    throw new GatewayError('GW_SNAPSHOT', path, { cause: error });
  });
  if (toHex(ports.primitives.sha256(body)) !== manifest.sha256) return undefined;
  const lines = splitLines(inflate(body, path, ports.zstd));
  const roster = await rosterOf(lines(), ports);
  if (roster === undefined || digestText(roster.digest()) !== manifest.state) return undefined;
  return { roster, chunks: () => rowsInChunks(lines()) };
};

const inflate = (body: Uint8Array, path: string, zstd: Ports['zstd']): Uint8Array => {
  try {
    return zstd.inflate(body, inflatedBytesMax);
  } catch (error) {
    throw new GatewayError('GW_SNAPSHOT', path, { cause: error });
  }
};

const rosterOf = async (
  lines: Iterable<string>,
  { primitives, clock }: Pick<Ports, 'primitives' | 'clock'>,
): Promise<Roster | undefined> => {
  const roster = createRoster(primitives);
  let count = 0;
  for (const line of lines) {
    const row = parseJson(line);
    if (!policyRow.Check(row)) return undefined;
    roster.put(row);
    count += 1;
    if (count % rowsPerSlice === 0) await pause(clock);
  }
  return roster;
};

const pause = (clock: Ports['clock']): Promise<void> =>
  new Promise((resolve) => {
    clock.after(0, resolve);
  });

const newline = utf8('\n')[0] ?? 10;

/** Lines of an NDJSON body, decoded one at a time: the text never stands in memory whole. */
const splitLines = (bytes: Uint8Array) =>
  function* lines(): Generator<string> {
    const decoder = new TextDecoder();
    let from = 0;
    while (from < bytes.length) {
      const found = bytes.indexOf(newline, from);
      const to = found < 0 ? bytes.length : found;
      if (to > from) yield decoder.decode(bytes.subarray(from, to));
      from = to + 1;
    }
  };

function* rowsInChunks(lines: Iterable<string>): Generator<readonly PolicyRow[]> {
  let chunk: PolicyRow[] = [];
  for (const line of lines) {
    const row = parseJson(line);
    if (policyRow.Check(row)) chunk.push(row);
    if (chunk.length === rowsPerSlice) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}
