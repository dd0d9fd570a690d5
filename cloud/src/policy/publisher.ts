import { policySections } from '@gatehouse/protocols';
import type { PolicySection, Primitives } from '@gatehouse/protocols';
import { appendFeed } from '../feed/feed.ts';
import type { Clock, Database, Log, Queryable, Signer } from '../ports.ts';
import { changesOf } from './changes.ts';
import type { HeldRow, PolicyChange } from './changes.ts';
import { createCompiler, readChunks } from './compile.ts';
import type { Compiler } from './compile.ts';
import type { PolicyScope } from './sources.ts';
import { lockHead, readPolicyEpoch, writeVersion } from './versions.ts';
import type { PolicyHead } from './versions.ts';

export type PublisherPorts = {
  readonly database: Database;
  readonly signer: Signer;
  readonly clock: Pick<Clock, 'nowMs'>;
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
  const compiler = createCompiler(log);

  const publish = (gateway: string, part?: Part): Promise<PolicyHead | undefined> =>
    database.transaction(async (tx) => {
      const head = await lockHead(tx, gateway);
      const policyEpoch = await readPolicyEpoch(tx);
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

/** The sections of which a gateway says in its birth whether it knows them or all their fields. */
const understood: readonly PolicySection[] = ['credential', 'profile', 'claim'];

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
    const wanted = await compiler.cards(tx, scope, cards);
    const credentials = await tx.query<{ id: string }>(
      'select id from credential where card = any ($1::uuid[])',
      [cards],
    );
    const keys = { card: cards, credential: credentials.map(({ id }) => id) } as const;
    for (const section of ['card', 'credential'] as const) {
      const held = await readHeld(tx, scope.gateway, section, keys[section]);
      yield* changesOf(section, [wanted[section]], [held]);
    }
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
