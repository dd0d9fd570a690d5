import type { Model, Reading } from '@gatehouse/device-profiles';
import { reasonRow } from '@gatehouse/protocols';
import type { Language, Side, Value } from '@gatehouse/protocols';
import type { ReadKind } from '../access/presented.ts';
import type { Reader } from '../access/doorway.ts';
import type { DeviceDriver } from '../drivers/driver.ts';
import type { Clock, Log } from '../ports.ts';
import { commandOf } from './norms.ts';

/** A text that comes later than this belongs to somebody else. */
export const showWithinMs = 2_000;

export type ReaderRoleOptions = {
  readonly id: string;
  readonly door: string;
  readonly side: Side;
  readonly model: Model;
  readonly driver: Pick<DeviceDriver, 'run'>;
  readonly language: Language;
  readonly clock: Clock;
  readonly log: Log;
  readonly onCode: (reader: Reader, text: string, kind: ReadKind) => void;
};

/** A device that reads codes or cards at one side of a door, and may show an answer. */
export const createReaderRole = (
  options: ReaderRoleOptions,
): { readonly reader: Reader; readonly onReading: (reading: Reading) => void } => {
  const { id, door, side, model } = options;
  const reader: Reader = { id, door, side, show: (reason) => show(options, reason) };
  return {
    reader,
    onReading: ({ events }) => {
      for (const { event, fields } of events) {
        const read = reads[model.events?.[event]?.norm ?? ''];
        const text = read && fields[read.field];
        if (read !== undefined && typeof text === 'string') options.onCode(reader, text, read.kind);
      }
    },
  };
};

/** Word of the vocabulary → the field that holds what was read, and what that is. */
const reads: Readonly<Record<string, { readonly field: string; readonly kind: ReadKind }>> = {
  'access.code': { field: 'text', kind: 'code' },
  'access.uid': { field: 'uid', kind: 'uid' },
};

/** Lamp, tone and text of a reason code; a reader that cannot be reached shows nothing. */
const show = (options: ReaderRoleOptions, reason: string): void => {
  const { id, model, driver, language, clock, log } = options;
  const command = commandOf(model, 'reader.show');
  const row = reasonRow(reason);
  if (row === undefined) log.warn('reader.reason_unknown', { device: id, reason });
  if (command === undefined || row === undefined) return;
  const { lamp, tone } = row;
  const all = { lamp, tone, text: row.display[language] };
  const entries = model.commands?.[command]?.args ?? {};
  const args: Record<string, Value> = {};
  for (const [name, value] of Object.entries(all)) {
    const entry = entries[name];
    if (entry !== undefined) args[name] = [...value].slice(0, entry.charsMax).join('');
  }
  const deadlineMs = clock.monoMs() + showWithinMs;
  void driver.run(command, args, { deadlineMs }).then((result) => {
    if (result.outcome === 'failed' || result.outcome === 'refused') {
      log.debug('reader.not_shown', { device: id, why: result.code });
    }
  });
};
