import { patientDoorClasses, scheduleRuns, wallClock } from '@gatehouse/protocols';
import type { DoorClass, MeView, PolicyRowOf } from '@gatehouse/protocols';
import { cardSpread } from '../cards/card-spread.ts';
import { CloudError } from '../errors.ts';
import { faceOfCard } from '../settings/card-face.ts';
import type { Queryable } from '../ports.ts';
import type { Browser } from './enrol.ts';
import { ownCard } from './own-card.ts';
import type { Holder, OwnCard } from './own-card.ts';
import { otherMeans, ownCards } from './own-cards.ts';
import { changesLeft } from './phone-changes.ts';
import { personColumns, personView } from './sessions.ts';
import type { PersonColumns } from './sessions.ts';

type CredentialColumns = {
  readonly id: string;
  readonly alg: string;
  readonly enrolled_at: Date;
  readonly browser: string | null;
  readonly waits_until: Date | null;
  readonly seen_at: Date;
  readonly lapses_at: Date | null;
};

const liveCredential = async (
  db: Queryable,
  card: string,
): Promise<CredentialColumns | undefined> =>
  (
    await db.query<CredentialColumns>(
      `select id, alg, enrolled_at, browser, waits_until, lapses_at,
         coalesce(seen_at, enrolled_at) as seen_at from credential
       where card = $1::uuid and revoked_at is null`,
      [card],
    )
  )[0];

const holderOf = async (db: Queryable, card: string): Promise<MeView['person']> => {
  const [row] = await db.query<PersonColumns>(
    `select ${personColumns} from card_holder p where p.card = $1::uuid`,
    [card],
  );
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', 'no card');
  return personView(row);
};

const missingMax = 50;

const spreadOf = async (db: Queryable, card: string): Promise<MeView['spread']> => {
  const { have, of, gateways } = await cardSpread(db, card);
  const missing = gateways.filter(({ state }) => state !== 'has').slice(0, missingMax);
  return { have, of, missing: missing.map(({ id, name }) => ({ id, name })) };
};

type DoorColumns = {
  readonly id: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly building_zh: string;
  readonly building_en: string;
  readonly zone: string;
  readonly class: DoorClass;
  readonly schedules: readonly PolicyRowOf<'schedule'>['windows'][];
};

const selectDoors = `
  select d.id, d.class, d.name_zh, d.name_en, b.name_zh as building_zh,
    b.name_en as building_en, s.zone,
    jsonb_agg(distinct h.windows) as schedules
  from member m
  join rule r on r."group" = m."group"
  join schedule h on h.id = r.schedule
  join door d on d.id = r.door
  join building b on b.id = d.building
  join site s on s.id = b.site
  where m.card = $1::uuid
  group by d.id, b.id, s.id
  order by b.sort, d.sort, d.id`;

/** @param waits labs and stores do not open for the phone key yet */
const doorsOf = async (
  db: Queryable,
  card: OwnCard,
  { nowMs, waits }: { readonly nowMs: number; readonly waits: boolean },
): Promise<MeView['doors']> => {
  const rows = await db.query<DoorColumns>(selectDoors, [card.id]);
  const holds =
    card.state === 'active' &&
    card.valid_from.getTime() <= nowMs &&
    nowMs < card.valid_to.getTime();
  const zones = new Map(rows.map(({ zone }) => [zone, wallClock(zone)(nowMs)]));
  return rows.map((row) => {
    const wall = zones.get(row.zone);
    const runs = wall !== undefined && row.schedules.some((windows) => scheduleRuns(windows, wall));
    return {
      id: row.id,
      name: { zh: row.name_zh, en: row.name_en },
      buildingName: { zh: row.building_zh, en: row.building_en },
      open: holds && runs && !(waits && patientDoorClasses.has(row.class)),
    };
  });
};

export type Viewer = Holder & {
  /** Of the browser that asks; undefined where it never enrolled anything. */
  readonly mark: Browser['mark'] | undefined;
};

const credentialView = (
  held: CredentialColumns | undefined,
  mark: string | undefined,
): MeView['credential'] => {
  if (held === undefined) return null;
  const { id, alg, enrolled_at: at, browser } = held;
  return { id, alg, enrolledAt: at.toISOString(), here: browser !== null && browser === mark };
};

const keepView = (held: CredentialColumns | undefined): NonNullable<MeView['keep']> | null =>
  held === undefined
    ? null
    : { seenAt: held.seen_at.toISOString(), lapsesAt: held.lapses_at?.toISOString() ?? null };

const timeView = (atMs: number | undefined): string | null =>
  atMs === undefined ? null : new Date(atMs).toISOString();

/**
 * What a person's phone shows of one card: its holder as whom the card says.
 * @throws CloudError CL_NOT_FOUND where the person has no such card
 */
export const meView = async (db: Queryable, viewer: Viewer, nowMs: number): Promise<MeView> => {
  const { mark } = viewer;
  const card = await ownCard(db, viewer);
  const credential = await liveCredential(db, card.id);
  const { left, nextAtMs } = await changesLeft(db, card.id, nowMs);
  const waitsUntilMs = credential?.waits_until?.getTime() ?? 0;
  const waits = nowMs < waitsUntilMs;
  return {
    person: await holderOf(db, card.id),
    cards: await ownCards(db, viewer.person.id, card.id),
    also: await otherMeans(db, card.id),
    card: {
      id: card.id,
      number: card.number,
      state: card.state,
      validTo: card.valid_to.toISOString(),
    },
    credential: credentialView(credential, mark?.(card.id)),
    keep: keepView(credential),
    changesLeft: left,
    nextChangeAt: timeView(nextAtMs),
    waitsUntil: timeView(waits ? waitsUntilMs : undefined),
    spread: await spreadOf(db, card.id),
    doors: await doorsOf(db, card, { nowMs, waits }),
    face: await faceOfCard(db, card.id),
  };
};
