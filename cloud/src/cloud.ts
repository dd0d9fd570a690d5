import { createRevocations } from './access/revocations.ts';
import type { Revocations } from './access/revocations.ts';
import { appendAudit } from './audit/audit.ts';
import { createBulkJob } from './bulk/bulk-job.ts';
import { countPassages, passagesConsumer } from './events/passages.ts';
import { runConsumer } from './feed/consumer.ts';
import type { Consumer, ConsumerOptions, Poison } from './feed/consumer.ts';
import { commandsConsumer, createCommands, followCommands } from './fleet/commands.ts';
import type { Commands } from './fleet/commands.ts';
import { createFleet } from './fleet/fleet.ts';
import { createLooks } from './fleet/looks.ts';
import type { Looks } from './fleet/looks.ts';
import { createLapseJob } from './identity/lapse-job.ts';
import { createDoubleSpent } from './judgement/double-spent.ts';
import { createEvidenceRetention } from './judgement/evidence.ts';
import { createJudgement, judgementConsumer } from './judgement/judge.ts';
import type { OnDoubleSpent } from './judgement/judge.ts';
import { countDecisions, numbersConsumer } from './numbers/count-decisions.ts';
import { followPolicies } from './policy/follower.ts';
import type { PolicyFollower } from './policy/follower.ts';
import { createPublisher } from './policy/publisher.ts';
import type { Snapshots } from './policy/snapshot.ts';
import type { Ports } from './ports.ts';

export type CloudOptions = { readonly snapshots: Snapshots };

export type Cloud = {
  /** What the HTTP side asks of the rest. */
  readonly commands: Commands;
  readonly revocations: Revocations;
  readonly looks: Looks;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** The whole cloud service: its parts, and who tells whom. */
export const createCloud = (ports: Ports, { snapshots }: CloudOptions): Cloud => {
  const { clock, database, log, primitives } = ports;
  const looks = createLooks(ports);
  const fleet = createFleet({ ports, snapshots, looks });
  const commands = createCommands(ports);
  const publisher = createPublisher(ports);
  const revocations = createRevocations(ports);
  /** What follows when a phone key was used twice, in the transaction that found it. */
  const onDoubleSpent: OnDoubleSpent = createDoubleSpent({
    revoke: revocations.revoke,
    appendAudit: (tx, entry) => appendAudit(tx, entry, primitives.sha256),
    clock,
  });
  const judge = createJudgement({ clock, primitives, onDoubleSpent });
  const retention = createEvidenceRetention(ports);
  const lapse = createLapseJob({
    ...ports,
    revoke: revocations.revoke,
    appendAudit: (tx, entry) => appendAudit(tx, entry, ports.primitives.sha256),
  });
  const bulk = createBulkJob({
    ...ports,
    revokeAll: revocations.revokeAll,
    appendAudit: (tx, entry) => appendAudit(tx, entry, ports.primitives.sha256),
  });
  let running: readonly (Consumer | PolicyFollower)[] = [];
  const follow = (name: string, handle: ConsumerOptions['handle']): Consumer =>
    runConsumer({
      name,
      handle,
      database,
      clock,
      log,
      onPoison: (poison: Poison) => {
        log.error('feed.set_aside', { ...poison });
      },
    });

  return {
    commands,
    revocations,
    looks,
    start: () => {
      running = [
        follow(passagesConsumer, countPassages),
        follow(numbersConsumer, countDecisions),
        follow(commandsConsumer, followCommands),
        follow(judgementConsumer, judge),
        followPolicies({ database, publisher, clock, log }),
      ];
      commands.start();
      fleet.start();
      retention.start();
      lapse.start();
      bulk.start();
    },
    stop: async () => {
      commands.stop();
      await lapse.stop();
      await bulk.stop();
      looks.stop();
      await fleet.stop();
      await retention.stop();
      await Promise.all(running.map((each) => each.stop()));
    },
  };
};
