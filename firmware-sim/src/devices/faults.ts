/** What can be wrong with a device while its wire is up. */
export type Faults = {
  /** Sends nothing. */
  readonly silent: boolean;
  /** A scanner's bytes come one by one; a controller's replies come late. */
  readonly slow: boolean;
  /** Random bytes around and inside; a controller also answers exceptions. */
  readonly noisy: boolean;
};

export const noFaults: Faults = { silent: false, slow: false, noisy: false };
