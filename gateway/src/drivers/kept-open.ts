import type { Cancel, Clock } from '../ports.ts';

export const reopenMsMin = 250;
/** Replugged, a device is back within ten seconds: half of that waits at most. */
export const reopenMsMax = 5_000;
/** A line that stayed open this long was well: the next loss begins with the shortest wait. */
const stableAfterMs = 10_000;

type Line = {
  readonly onClose: (run: (cause: string) => void) => void;
  readonly close: () => Promise<void>;
};

/**
 * Opens a line and opens it again, for ever, with a wait that doubles from `reopenMsMin` to
 * `reopenMsMax`. `onLost` runs once per loss, and for the first attempt that fails.
 * @returns stop: no callback runs afterwards; resolves when the line is closed
 */
export const keepOpen = <L extends Line>(options: {
  readonly clock: Clock;
  readonly open: () => Promise<L>;
  readonly onOpen: (line: L) => void;
  readonly onLost: (cause: string) => void;
}): { readonly stop: () => Promise<void> } => {
  const { clock } = options;
  let waitMs = reopenMsMin;
  let line: L | undefined;
  let isLost = false;
  let stopped = false;
  let cancel: Cancel = () => undefined;
  const lose = (cause: string) => {
    if (!isLost) options.onLost(cause);
    isLost = true;
    cancel = clock.after(waitMs, () => void attempt());
    waitMs = Math.min(waitMs * 2, reopenMsMax);
  };
  const hold = (opened: L) => {
    const openedMs = clock.monoMs();
    line = opened;
    isLost = false;
    opened.onClose((cause) => {
      if (line !== opened || stopped) return;
      line = undefined;
      if (clock.monoMs() - openedMs >= stableAfterMs) waitMs = reopenMsMin;
      lose(cause);
    });
    // It may have closed in the meantime.
    if (line === opened) options.onOpen(opened);
  };
  const attempt = async () => {
    let opened: L;
    try {
      opened = await options.open();
    } catch (error) {
      if (!stopped) lose(error instanceof Error ? error.message : String(error));
      return;
    }
    if (stopped) await opened.close();
    else hold(opened);
  };
  void attempt();
  return {
    stop: async () => {
      stopped = true;
      cancel();
      await line?.close();
    },
  };
};
