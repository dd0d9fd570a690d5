import type { StreamPosition } from '@gatehouse/gateway';
import { fromBase64Url, toHex } from '@gatehouse/protocols';
import type { Campus, Written } from '../record.ts';
import type { Stored, StoredEvent } from '../stored.ts';

/** What every checker looks at. */
export type Evidence = {
  readonly campus: Campus;
  /** The other gateway of the claim group; the cloud never hears of it. */
  readonly nextDoor: Campus;
  readonly stored: Stored;
  /** Heads of the gateway's journal. */
  readonly positions: readonly StreamPosition[];
};

/** @returns what is wrong, one text each */
export type Checker = (evidence: Evidence) => readonly string[];

const nameOf = ({ id, event }: Written): string => `${event.kind} ${id}`;

/** What was told to the gateway as written stands in the database: once, and as it was. */
export const noEventLost: Checker = ({ campus, stored }) => {
  const rows = Map.groupBy(stored.events, ({ id }) => id);
  return [...campus.written.values()].flatMap((written): readonly string[] => {
    const found = rows.get(written.id) ?? [];
    if (found.length > 1) return [`${nameOf(written)} stands ${found.length} times`];
    const [row] = found;
    if (row !== undefined) return isSame(row, written) ? [] : [`${nameOf(written)} is another`];
    if (written.ackedAtMs === undefined || written.gone === 'lying') return [];
    const where = written.gone === 'honest' ? 'is gone from an honest card' : 'is not there';
    return [`${nameOf(written)} ${where}`];
  });
};

const isSame = ({ kind, atMs, pass }: StoredEvent, { event }: Written): boolean =>
  kind === event.kind && atMs === event.at && pass === bodyOf(event.evidence);

const bodyOf = (evidence: string | undefined): string | null =>
  evidence === undefined
    ? null
    : toHex(fromBase64Url(evidence)?.subarray(0, 17) ?? new Uint8Array());

/** Nothing stands there that no journal ever wrote, and no use of a pass stands there twice. */
export const noEventInvented: Checker = ({ campus, stored }) => {
  const uses = stored.events.filter(
    ({ kind, data }) =>
      kind === 'access.granted' && data['reason'] === 'granted' && data['credential'] !== undefined,
  );
  const twice = [...Map.groupBy(uses, ({ pass }) => pass ?? '')].filter(
    ([, rows]) => rows.length > 1,
  );
  return [
    ...stored.events
      .filter(({ id }) => !campus.written.has(id))
      .map(({ id, kind }) => `${kind} ${id} was never written`),
    ...twice.map(([pass, rows]) => `pass ${pass} was used ${rows.length} times`),
  ];
};

/** A hole is declared only where a card lost what it had synced. */
export const noHoleWithoutCause: Checker = ({ campus, stored }) =>
  stored.gaps.flatMap(({ epoch, stream, from, to, why }) => {
    const inside = [...campus.written.values()].filter(
      ({ ref }) => ref.epoch === epoch && ref.stream === stream && ref.seq >= from && ref.seq <= to,
    );
    const wrong = inside.filter(({ gone }) => gone === 'no');
    return wrong.map((written) => `${nameOf(written)} is declared as lost (${why})`);
  });
