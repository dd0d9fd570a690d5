import { pinPepperBytes, policyKey, policySections } from '@gatehouse/protocols';
import type { PolicyRow, PolicySection, Primitives } from '@gatehouse/protocols';
import { appendFeed } from '../feed/feed.ts';
import type { Clock, Database, Log, Queryable, Signer } from '../ports.ts';
import { changesOf } from './changes.ts';
import type { HeldRow, PolicyChange } from './changes.ts';
import { createCompiler, readChunks } from './compile.ts';
import type { Compiler } from './compile.ts';
import { cardSections } from './sources.ts';
import type { CardSection, PolicyScope } from './sources.ts';
import { lockHead, readPolicyEpoch, writeVersion } from './versions.ts';
import type { PolicyHead } from './versions.ts';

export type PublisherPorts = {
  readonly database: Database;
  readonly signer: Signer;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly random: (length: number) => Uint8Array;
  readonly primitives: Pick<Primitives, 'sha256'>;
  readonly log: Log;
};

export type Publisher = {
  /**
   * Compiles the policy of a gateway and writes what changed as its next version, in one
   * transaction under the lock of its head.
   * @param cards look at these alone: all else is known to be unchanged
   * @returns the new head, or undefined where nothing changed
   */
  readonly publish: (gateway: string, cards?: readonly string[]) => Promise<PolicyHead | undefined>;
  /** As `publish`, of the custom profiles alone. */
  readonly publishProfiles: (gateway: string) => Promise<PolicyHead | undefined>;
  /** As `publish`, of what a gateway is sent only where it says that it knows it. */
  readonly publishUnderstood: (gateway: string) => Promise<PolicyHead | undefined>;
  /** Those with a device of it, or that still hold a version of it. */
  readonly gatewaysOfProfiles: (profiles: readonly string[]) => Promise<readonly string[]>;
  /** Those that one of these cards concerns: it may open a door there, or could before. */
  readonly gatewaysOf: (cards: readonly string[]) => Promise<readonly string[]>;
  readonly gateways: () => Promise<readonly string[]>;
};

export const createPublisher = (ports: PublisherPorts): Publisher => {
  const { database, clock, log, signer, primitives } = ports;
  const compiler = createCompiler(ports);

  const publish = (gateway: string, part?: Part): Promise<PolicyHead | undefined> =>
    database.transaction(async (tx) => {
      const head = await lockHead(tx, gateway);
      const policyEpoch = await readPolicyEpoch(tx);
      await givePepper(tx, gateway, ports.random(pinPepperBytes));
      const scope = await compiler.scope(tx, gateway);
      if (scope === undefined) return undefined;
      // The first version, and the first after a restore, look at everything.
      const isWhole = part === undefined || head.version === 0 || head.policyEpoch !== policyEpoch;
      const changes = isWhole ? sectionChanges(policySections) : part;
      const next = await writeVersion(tx, {
        gateway,
        head,
        policyEpoch,
        changes: changes(compiler, tx, scope),
        atMs: clock.nowMs(),
        signer,
        sha256: primitives.sha256,
      });
      if (next === undefined) return undefined;
      log.info('policy.published', { gateway, policyEpoch, version: next.version });
      // Screens show how new the policy is, and whoever is connected to the gateway sends it.
      await appendFeed(tx, clock.nowMs(), { kind: 'twin', gateway });
      return next;
    });

  return {
    publish: (gateway, cards) => publish(gateway, cards && cardChanges(cards)),
    publishProfiles: (gateway) => publish(gateway, sectionChanges(['profile'])),
    publishUnderstood: (gateway) => publish(gateway, sectionChanges(understood)),
    gatewaysOfProfiles: async (profiles) => {
      const rows = await database.query<{ id: string }>(
        `select g.id from gateway g
         where exists (select from device d where d.gateway = g.id and d.profile = any ($1))
           or exists (select from policy_row p where p.gateway = g.id and p.section = 'profile'
             and split_part(p.key, '.', 1) = any ($1))
         order by g.id`,
        [profiles],
      );
      return rows.map(({ id }) => id);
    },
    gatewaysOf: async (cards) => {
      const rows = await database.query<{ id: string }>(
        `select g.id from gateway g
         where exists (select from door d join rule r on r.door = d.id
             join member m on m."group" = r."group"
             where d.gateway = g.id and m.card = any ($1::uuid[]))
           or exists (select from policy_row p where p.gateway = g.id and p.section = 'card'
             and p.key = any ($1::text[]))
         order by g.id`,
        [cards],
      );
      return rows.map(({ id }) => id);
    },
    gateways: async () =>
      (await database.query<{ id: string }>('select id from gateway order by id')).map(
        ({ id }) => id,
      ),
  };
};

/**
 * The sections of which a gateway says in its birth whether it knows them or all their fields; the
 * site goes with the PINs.
 */
const understood: readonly PolicySection[] = [
  'site',
  'credential',
  'profile',
  'claim',
  'uid',
  'pin',
];

/** What of a policy is looked at. */
type Part = (
  compiler: Compiler,
  tx: Queryable,
  scope: PolicyScope,
) => AsyncGenerator<readonly PolicyChange[]>;

const sectionChanges = (sections: readonly PolicySection[]): Part =>
  async function* changes(compiler, tx, scope) {
    for (const section of sections) {
      const held = readChunks<HeldRow>(tx, 'policy_held', {
        sql: `select key, row from policy_row where gateway = $1 and section = $2
              order by key collate "C"`,
        values: [scope.gateway, section],
      });
      yield* changesOf(section, compiler.section(tx, scope, section), held);
    }
  };

const cardChanges = (cards: readonly string[]): Part =>
  async function* changes(compiler, tx, scope) {
    const found = await compiler.cards(tx, scope, cards);
    for (const section of cardSections) {
      const wanted = found.get(section) ?? [];
      const keys = await keysOf[section](tx, cards);
      const held = await readHeld(tx, scope.gateway, section, keys);
      const wantedKeys = new Set(wanted.map(policyKey));
      // What was theirs may be another's by now, who is not looked at.
      const theirs = held.filter(({ key, row }) => wantedKeys.has(key) || isOf(row, cards));
      yield* changesOf(section, [wanted], [theirs]);
    }
  };

const isOf = (row: PolicyRow, cards: readonly string[]): boolean =>
  row.section === 'card' || ('card' in row && cards.includes(row.card));

type Keys = (tx: Queryable, cards: readonly string[]) => Promise<readonly string[]>;

const keysBy =
  (sql: string): Keys =>
  async (tx, cards) =>
    (await tx.query<{ key: string }>(sql, [cards])).map(({ key }) => key);

/** Under which keys rows of these cards may stand, now or before. */
const keysOf: Readonly<Record<CardSection, Keys>> = {
  card: (_, cards) => Promise.resolve(cards),
  credential: keysBy('select id as key from credential where card = any ($1::uuid[])'),
  uid: keysBy('select distinct uid as key from uid where card = any ($1::uuid[])'),
  pin: keysBy('select number as key from pin where card = any ($1::uuid[])'),
};

/** Kept for as long as the gateway: its hashes are made with it. */
const givePepper = async (tx: Queryable, gateway: string, pepper: Uint8Array): Promise<void> => {
  await tx.query(
    `insert into pin_pepper (gateway, pepper) select s.gateway, $2 from gateway_status s
     where s.gateway = $1 and s.sections ? 'pin' on conflict do nothing`,
    [gateway, pepper],
  );
};

const readHeld = (
  tx: Queryable,
  gateway: string,
  section: PolicySection,
  keys: readonly string[],
): Promise<readonly HeldRow[]> =>
  tx.query<HeldRow>(
    `select key, row from policy_row where gateway = $1 and section = $2
       and key = any ($3::text[]) order by key collate "C"`,
    [gateway, section, keys],
  );
