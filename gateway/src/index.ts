export { createGateway } from './gateway.ts';
export type { Gateway, GatewayOptions } from './gateway.ts';
export { GatewayConfig, parseGatewayConfig } from './config.ts';
export { GatewayError } from './errors.ts';
// What the simulated campus stands on: the same core without threads, wires and brokers.
export { openJournalOnDisk } from './adapters/journal-disk.ts';
export { pinHashAtOnce } from './adapters/pin-hash.ts';
export { createPrimitives } from './adapters/primitives.ts';
export { createZstd } from './adapters/zstd.ts';
export { createDirectJournal } from './journal/direct-journal.ts';
export type * from './ports.ts';
