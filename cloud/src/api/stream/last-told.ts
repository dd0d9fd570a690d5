import type { ConditionView, GatewayView, InsideView } from '@gatehouse/protocols';
import type { Frame, RawFrame } from './frame.ts';

/** What listeners know already, so that they hear of changes only. */
export type LastTold = {
  /** Takes in what was read, and leaves of it what is new. */
  readonly news: (raw: RawFrame) => Omit<Frame, 'from' | 'pos'>;
  readonly insideNews: (inside: readonly InsideView[]) => readonly InsideView[];
};

/** Rows by id as they were last told. @returns those of `rows` that differ */
const changedRows = <Row>(
  told: Map<string, string>,
  rows: readonly Row[],
  idOf: (row: Row) => string,
): readonly Row[] =>
  rows.filter((row) => {
    const text = JSON.stringify(row);
    if (told.get(idOf(row)) === text) return false;
    told.set(idOf(row), text);
    return true;
  });

const heldText = ({ policy, revocation }: GatewayView): string =>
  `${policy.held} ${revocation.held}`;

/** Conditions that were told of these gateways and are not there any more. */
const forgetGone = (
  told: Map<string, string>,
  { touched, conditions }: Pick<RawFrame, 'touched' | 'conditions'>,
): readonly string[] => {
  const active = new Set(conditions.map(({ id }) => id));
  const gone = [...told.keys()].filter((id) => {
    const [gateway = ''] = id.split('/');
    return touched.includes(gateway) && !active.has(id);
  });
  for (const id of gone) told.delete(id);
  return gone;
};

export const createLastTold = (): LastTold => {
  const doors = new Map<string, string>();
  const gateways = new Map<string, string>();
  const held = new Map<string, string>();
  const conditions = new Map<string, string>();
  const devices = new Map<string, string>();
  const inside = new Map<string, string>();
  const byId = ({ id }: { readonly id: string }): string => id;
  const insideNews: LastTold['insideNews'] = (rows) =>
    changedRows(inside, rows, ({ building }) => building);

  const cleared = (raw: RawFrame): readonly string[] => {
    for (const id of raw.cleared) conditions.delete(id);
    return [...new Set([...raw.cleared, ...forgetGone(conditions, raw)])];
  };
  const spreadMoved = (rows: readonly GatewayView[]): boolean =>
    rows.filter((row) => {
      const moved = held.get(row.id) !== heldText(row);
      held.set(row.id, heldText(row));
      return moved;
    }).length > 0;

  return {
    insideNews,
    news: (raw) => ({
      ...raw,
      cleared: cleared(raw),
      doors: changedRows(doors, raw.doors, byId),
      gateways: changedRows(gateways, raw.gateways, byId),
      conditions: changedRows<ConditionView>(conditions, raw.conditions, byId),
      devices: changedRows(devices, raw.devices, byId),
      inside: insideNews(raw.inside),
      spreadMoved: spreadMoved(raw.gateways),
    }),
  };
};
