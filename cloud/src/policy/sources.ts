import { hmacSha256, Settings, toBase64Url } from '@gatehouse/protocols';
import type { PolicyRow, PolicyRowOf, PolicySection, Primitives } from '@gatehouse/protocols';
import Value from 'typebox/value';
import type { Row } from '../ports.ts';

/** What the policy of one gateway depends on. */
export type PolicyScope = {
  readonly gateway: string;
  readonly site: string;
  /** Groups of the rules of its doors. */
  readonly groups: readonly string[];
  /** It understands custom profiles; an older one would refuse the whole policy. */
  readonly knowsProfiles: boolean;
  /** It understands `waitsUntil` of a credential; an older one would lose it from its state. */
  readonly knowsWaits: boolean;
  /** It can ask the authority of a claim group, or be it. */
  readonly knowsClaims: boolean;
  /** Likewise. */
  readonly knowsUids: boolean;
  readonly knowsPins: boolean;
  /**
   * Groups of the rules of its doors that open without a phone: no other UID or PIN is on it, since
   * a stolen gateway exposes them.
   */
  readonly groupsWithoutPhone: readonly string[];
  readonly primitives: Pick<Primitives, 'sha256'>;
};

/** A statement whose rows come by key, in the order of bytes, and how one becomes a policy row. */
export type Source = {
  readonly sql: string;
  readonly values: readonly unknown[];
  readonly row: (row: Row) => PolicyRow;
};

/** A source whose statement gives rows of this shape. */
const source = <R extends Row>(
  sql: string,
  values: readonly unknown[],
  row: (row: R) => PolicyRow,
): Source => ({
  sql,
  values,
  // The shape stands in the select list of the same source.
  row: row as (row: Row) => PolicyRow,
});

/** A card that is frozen stays in the policy: the stream of revocations stops it, and faster. */
const liveCard = `c.state in ('active', 'frozen')`;

/** As the schema of a card row has it. Fewer groups only take rights away. */
const groupsMax = 50;

type CardRow = {
  readonly id: string;
  readonly person: string;
  readonly valid_from: Date;
  readonly valid_to: Date;
  readonly groups: readonly string[];
};

const cards = ({ groups }: PolicyScope, only?: readonly string[]): Source =>
  source<CardRow>(
    `select c.id, c.person, c.valid_from, c.valid_to,
       array_agg(m."group" order by m."group" collate "C") as groups
     from card c join member m on m.card = c.id and m."group" = any ($1)
     where ${liveCard} ${only === undefined ? '' : 'and c.id = any ($2::uuid[])'}
     group by c.id order by c.id`,
    only === undefined ? [groups] : [groups, only],
    ({ id, person, valid_from: from, valid_to: to, groups: held }) => ({
      section: 'card',
      id,
      person,
      groups: held.slice(0, groupsMax),
      validFrom: from.getTime(),
      validTo: to.getTime(),
    }),
  );

type CredentialRow = {
  readonly id: string;
  readonly card: string;
  readonly alg: PolicyRowOf<'credential'>['alg'];
  readonly key: Uint8Array;
  readonly waits_until: Date | null;
};

const credentials = ({ groups, knowsWaits }: PolicyScope, only?: readonly string[]): Source =>
  source<CredentialRow>(
    `select k.id, k.card, k.alg, k.key, k.waits_until from credential k join card c on c.id = k.card
     where k.revoked_at is null and ${liveCard}
       and exists (select from member m where m.card = k.card and m."group" = any ($1))
       ${only === undefined ? '' : 'and k.card = any ($2::uuid[])'}
     order by k.id collate "C"`,
    only === undefined ? [groups] : [groups, only],
    ({ id, card, alg, key, waits_until: waits }) => ({
      section: 'credential',
      id,
      card,
      alg,
      key: toBase64Url(key),
      // Also when it is over: a row that changed by the clock alone would never be published.
      ...(knowsWaits && waits !== null ? { waitsUntil: waits.getTime() } : {}),
    }),
  );

type UidRow = { readonly id: string; readonly card: string };

/** Of cards that may open a door here without a phone. */
const openingWithoutPhone = (alias: string): string =>
  `${alias}.ended_at is null and ${liveCard} and exists (select from member m
     where m.card = ${alias}.card and m."group" = any ($1))`;

const uids = ({ groupsWithoutPhone, knowsUids }: PolicyScope, only?: readonly string[]): Source =>
  source<UidRow>(
    `select u.uid as id, u.card from uid u join card c on c.id = u.card
     where $2 and ${openingWithoutPhone('u')}
       ${only === undefined ? '' : 'and u.card = any ($3::uuid[])'}
     order by u.uid collate "C"`,
    [groupsWithoutPhone, knowsUids, ...(only === undefined ? [] : [only])],
    ({ id, card }) => ({ section: 'uid', id, card }),
  );

type PinRow = UidRow & {
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
  readonly pepper: Uint8Array;
};

const pins = (scope: PolicyScope, only?: readonly string[]): Source =>
  source<PinRow>(
    `select n.number as id, n.card, n.salt, n.hash, q.pepper from pin n
     join card c on c.id = n.card join pin_pepper q on q.gateway = $3
     where $2 and ${openingWithoutPhone('n')}
       ${only === undefined ? '' : 'and n.card = any ($4::uuid[])'}
     order by n.number collate "C"`,
    [
      ...[scope.groupsWithoutPhone, scope.knowsPins, scope.gateway],
      ...(only === undefined ? [] : [only]),
    ],
    ({ id, card, salt, hash, pepper }) => ({
      section: 'pin',
      id,
      card,
      salt: toBase64Url(salt),
      hash: toBase64Url(hmacSha256(pepper, hash, scope.primitives)),
    }),
  );

type SiteRow = {
  readonly id: string;
  readonly campus: string;
  readonly zone: string;
  readonly pepper: Uint8Array | null;
  /** What the school has set, as it is stored; null = nothing. */
  readonly settings: unknown;
};

const hourMs = 3600 * 1000;

/** Only where the school has set it: a gateway has the same defaults. */
const holdoverOf = (settings: unknown): Pick<PolicyRowOf<'site'>, 'holdoverMs'> => {
  if (!Value.Check(Settings, settings)) return {};
  const hours = Object.entries(settings.holdoverHours);
  return { holdoverMs: Object.fromEntries(hours.map(([name, n]) => [name, n * hourMs])) };
};

type DoorRow = {
  readonly id: string;
  readonly class: PolicyRowOf<'door'>['class'];
  readonly name_zh: string;
  readonly name_en: string;
  readonly unlock_ms: number;
};

type Named<S extends PolicySection> = Omit<PolicyRowOf<S>, 'section'>;

export const sectionSources: Readonly<Record<PolicySection, (scope: PolicyScope) => Source>> = {
  site: ({ site, gateway, knowsPins }) =>
    source<SiteRow>(
      `select s.id, s.campus, s.zone, q.pepper,
         (select value from setting where name = 'school') as settings
       from site s left join pin_pepper q on $3 and q.gateway = $2 where s.id = $1`,
      [site, gateway, knowsPins],
      (row) => ({
        section: 'site',
        campus: row.campus,
        site: row.id,
        zone: row.zone,
        ...(row.pepper === null ? {} : { pinPepper: toBase64Url(row.pepper) }),
        ...holdoverOf(row.settings),
      }),
    ),
  door: ({ gateway }) =>
    source<DoorRow>(
      `select id, class, name_zh, name_en, unlock_ms from door
       where gateway = $1 order by id collate "C"`,
      [gateway],
      (row) => ({
        section: 'door',
        id: row.id,
        class: row.class,
        nameZh: row.name_zh,
        nameEn: row.name_en,
        unlockMs: row.unlock_ms,
      }),
    ),
  schedule: ({ gateway }) =>
    source<Named<'schedule'>>(
      `select s.id, s.windows from schedule s
       where exists (select from rule r join door d on d.id = r.door
         where r.schedule = s.id and d.gateway = $1)
       order by s.id collate "C"`,
      [gateway],
      ({ id, windows }) => ({ section: 'schedule', id, windows }),
    ),
  rule: ({ gateway }) =>
    source<Named<'rule'>>(
      `select r.id, r."group", r.door, r.schedule from rule r join door d on d.id = r.door
       where d.gateway = $1 order by r.id collate "C"`,
      [gateway],
      ({ id, group, door, schedule }) => ({ section: 'rule', id, group, door, schedule }),
    ),
  card: (scope) => cards(scope),
  credential: (scope) => credentials(scope),
  // By key, which is `id.mode`: no id holds a dot.
  profile: ({ gateway, knowsProfiles }) =>
    source<Named<'profile'>>(
      `select l.id, l.mode, l.version, v.text from profile_live l
       join profile_version v on v.id = l.id and v.version = l.version
       where $2 and exists (select from device d where d.gateway = $1 and d.profile = l.id)
       order by (l.id || '.' || l.mode) collate "C"`,
      [gateway, knowsProfiles],
      ({ id, mode, version, text }) => ({ section: 'profile', id, mode, version, text }),
    ),
  claim: ({ gateway, knowsClaims }) =>
    source<Named<'claim'>>(
      `select g.id, g.authority, g.host, g.port, array(
         select m.gateway from claim_member m where m."group" = g.id
         order by m.gateway collate "C") as members
       from claim_member own join claim_group g on g.id = own."group"
       where own.gateway = $1 and $2 order by g.id collate "C"`,
      [gateway, knowsClaims],
      ({ id, authority, host, port, members }) => ({
        ...{ section: 'claim', id, authority, host, port },
        members: [...members],
      }),
    ),
  uid: (scope) => uids(scope),
  pin: (scope) => pins(scope),
};

/** The sections in which one card has rows. */
export const cardSections = ['card', 'credential', 'uid', 'pin'] as const;
export type CardSection = (typeof cardSections)[number];

export const rowsOfCards = (
  scope: PolicyScope,
  only: readonly string[],
): Readonly<Record<CardSection, Source>> => ({
  card: cards(scope, only),
  credential: credentials(scope, only),
  uid: uids(scope, only),
  pin: pins(scope, only),
});
