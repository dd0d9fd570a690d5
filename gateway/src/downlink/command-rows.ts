import type { CommandFailure, NewEvent } from '@gatehouse/protocols';
import type { EventBody } from '../events.ts';
import type { CommandEntry, Ports } from '../ports.ts';

export type CommandRows = {
  readonly of: (
    kind: 'command.accepted' | 'command.sent' | 'command.confirmed',
    entry: CommandEntry,
  ) => NewEvent;
  readonly failed: (entry: CommandEntry, reason: CommandFailure) => NewEvent;
  /** Refused before anything began: journalled where the disk allows, else the log must do. */
  readonly refuse: (entry: CommandEntry, reason: CommandFailure) => Promise<void>;
  readonly end: (entry: CommandEntry, events: readonly NewEvent[]) => Promise<void>;
};

export const createCommandRows = (options: {
  readonly ports: Pick<Ports, 'journal' | 'log'>;
  readonly event: (body: EventBody) => NewEvent;
}): CommandRows => {
  const { journal, log } = options.ports;
  const { event } = options;
  const failed: CommandRows['failed'] = (entry, reason) =>
    reason === 'expired'
      ? event({ kind: 'command.expired', ...placeOf(entry), data: dataOf(entry) })
      : event({ kind: 'command.failed', ...placeOf(entry), data: { ...dataOf(entry), reason } });
  return {
    of: (kind, entry) => event({ kind, ...placeOf(entry), data: dataOf(entry) }),
    failed,
    refuse: async (entry, reason) => {
      await journal.append({ events: [failed(entry, reason)] }).catch((error: unknown) => {
        log.warn('command.unwritten', { command: entry.id, reason, error });
      });
    },
    end: async (entry, events) => {
      await journal.append({ events, commandEnded: entry.id }).catch((error: unknown) => {
        // It stays open in the journal: the next start says `unknown_outcome`, which is true.
        log.warn('command.unwritten', { command: entry.id, error });
      });
    },
  };
};

const placeOf = (entry: CommandEntry): { readonly door: string } | { readonly device: string } =>
  'door' in entry ? { door: entry.door } : { device: entry.device };

const dataOf = (entry: CommandEntry) => ({
  command: entry.id,
  action: entry.action,
  actor: entry.actor,
  ...('run' in entry ? { run: entry.run } : {}),
});
