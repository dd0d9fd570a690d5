import { toHex } from '@gatehouse/protocols';
import type { Stream } from '@gatehouse/protocols';
import { GatewayError } from '../errors.ts';
import type { Journal } from '../ports.ts';
import type { JournalFile } from './journal-file.ts';
import { recordAppend } from './record.ts';

type DirectJournalOptions = {
  readonly open: () => JournalFile;
  readonly random: (length: number) => Uint8Array;
  readonly nowMs: () => number;
};

/**
 * The journal port without a worker: each call is carried out at once, in its turn. For the
 * simulation, where one seed must give one order; a gateway uses the worker.
 */
export const createDirectJournal = ({ open, random, nowMs }: DirectJournalOptions): Journal => {
  let file: JournalFile | undefined;
  const listeners: ((streams: readonly Stream[]) => void)[] = [];
  const inTurn = async <T>(run: (held: JournalFile) => T): Promise<T> => {
    await Promise.resolve();
    if (file === undefined) throw new GatewayError('GW_JOURNAL_FAILED', 'the journal is not open');
    try {
      return run(file);
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      throw new GatewayError('GW_JOURNAL_FAILED', String(error), { cause: error });
    }
  };
  const tell = (streams: readonly Stream[]): void => {
    if (streams.length > 0) listeners.forEach((listener) => listener(streams));
  };

  return {
    open: async () => {
      await Promise.resolve();
      file ??= open();
      return { ...file.opened, marks: [...file.marks()] };
    },
    append: async (append) => {
      const item = { append: recordAppend(append) };
      const { results, grew } = await inTurn((held) => held.appendMany([item], nowMs()));
      tell(grew);
      const [result] = results;
      if (result === undefined) throw new GatewayError('GW_JOURNAL_FAILED', 'no result');
      return result;
    },
    positions: () => inTurn((held) => held.positions()),
    read: (options) => inTurn((held) => held.read(options)),
    acknowledge: (epoch, stream, cursor) =>
      inTurn((held) => {
        held.acknowledge({ epoch, stream, cursor, freshEpoch: toHex(random(4)) });
        held.tend(nowMs());
      }),
    declareLost: async (stream, journalClass, count) => {
      const item = { loss: { stream, journalClass, count } };
      const { grew } = await inTurn((held) => held.appendMany([item], nowMs()));
      tell(grew);
    },
    status: () => file?.status() ?? { waiting: 0, fill: 0 },
    onAppended: (run) => void listeners.push(run),
    close: () =>
      inTurn((held) => {
        held.close();
        file = undefined;
      }),
  };
};
