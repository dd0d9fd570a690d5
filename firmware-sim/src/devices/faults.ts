/** What can be wrong with a device while its wire is up, each with what it does to a device. */
export const faultNames = [
  /** Neither hears nor says anything. */
  'silent',
  /** A serial device's bytes come one by one; a Modbus device's replies come late. */
  'slow',
  /** Random bytes around and inside; a Modbus device also answers exceptions. */
  'noisy',
  /** Some frames end in a wrong checksum. */
  'badChecksum',
  /** Some frames break off. */
  'truncated',
  /** Some replies come when nobody waits for them any more. */
  'lateReply',
  /** The wire loses bytes, in both directions. */
  'lossy',
  /** It restarts now and then. */
  'reboot',
] as const;
export type FaultName = (typeof faultNames)[number];
export type Faults = Readonly<Record<FaultName, boolean>>;

export const noFaults: Faults = {
  silent: false,
  slow: false,
  noisy: false,
  badChecksum: false,
  truncated: false,
  lateReply: false,
  lossy: false,
  reboot: false,
};

/** How often a fault strikes: of frames, of replies, of bytes. */
export const faultRates = {
  badChecksum: 0.25,
  truncated: 0.25,
  lateReply: 0.25,
  lossyByte: 0.01,
} as const;
/** After the time in which a reply is waited for. */
export const lateByMs = { least: 20, most: 200 } as const;
/** Between two restarts, and how long one takes. */
export const rebootEveryMs = { least: 5_000, most: 20_000 } as const;
export const rebootOffMs = 1_500;
