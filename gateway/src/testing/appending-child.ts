/**
 * A process that appends for ever and says which numbers were acknowledged, to be killed at any
 * moment. Arguments: the journal's file.
 */
import { randomBytes } from 'node:crypto';
import { createJournal } from '../adapters/journal-client.ts';
import { doorEvent, sampleMark } from './journal-samples.ts';
import { createSilentLog } from './silent-log.ts';

const [file = ''] = process.argv.slice(2);
const journal = createJournal({
  gateway: 'gw-1',
  file,
  bytesMax: 64 * 1024 * 1024,
  random: (length) => randomBytes(length),
  nowMs: Date.now,
  log: createSilentLog(),
});
const { epoch, clean } = await journal.open();
process.send?.({ epoch, clean });

let n = 0;
const writer = async (): Promise<never> => {
  for (;;) {
    n += 1;
    const mono = n;
    const credential = mono.toString(16).padStart(16, '0');
    const events = [doorEvent(mono)];
    const appended = await journal.append({ events, mark: sampleMark(credential, 1) });
    if (appended.ok) process.send?.({ mono, seq: appended.refs[0]?.seq });
  }
};
await Promise.all(Array.from({ length: 8 }, writer));
