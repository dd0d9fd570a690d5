/**
 * Work in order for each key, and little of it at a time overall: a gateway's messages never run
 * beside each other, and many gateways at once do not use up the database's connections.
 */
export type Lanes = {
  /** @returns false where the lane is full: the work is dropped */
  readonly add: (key: string, bytes: number, run: () => Promise<void>) => boolean;
  /** Resolves when nothing waits or runs. */
  readonly idle: () => Promise<void>;
};

export type LaneBounds = {
  readonly tasksMax: number;
  readonly bytesMax: number;
  /** Over all lanes. */
  readonly parallelMax: number;
};

type Task = { readonly bytes: number; readonly run: () => Promise<void> };
type Lane = { readonly tasks: Task[]; bytes: number; running: boolean };

/** @param run of a task handles its own failures; a rejection is a bug and ends the process */
export const createLanes = ({ tasksMax, bytesMax, parallelMax }: LaneBounds): Lanes => {
  const lanes = new Map<string, Lane>();
  const ready: string[] = [];
  const sleepers: (() => void)[] = [];
  let running = 0;

  const finish = (key: string, lane: Lane): void => {
    running -= 1;
    lane.running = false;
    if (lane.tasks.length > 0) ready.push(key);
    else lanes.delete(key);
    startNext();
    if (running === 0 && lanes.size === 0) for (const wake of sleepers.splice(0)) wake();
  };

  const startNext = (): void => {
    while (running < parallelMax) {
      const key = ready.shift();
      const lane = key === undefined ? undefined : lanes.get(key);
      const task = lane?.tasks.shift();
      if (key === undefined || lane === undefined || task === undefined) return;
      running += 1;
      lane.running = true;
      lane.bytes -= task.bytes;
      void task.run().finally(() => {
        finish(key, lane);
      });
    }
  };

  return {
    add: (key, bytes, run) => {
      const lane = lanes.get(key) ?? { tasks: [], bytes: 0, running: false };
      if (lane.tasks.length >= tasksMax || lane.bytes + bytes > bytesMax) return false;
      lanes.set(key, lane);
      lane.tasks.push({ bytes, run });
      lane.bytes += bytes;
      if (!lane.running && lane.tasks.length === 1) ready.push(key);
      startNext();
      return true;
    },
    idle: () =>
      new Promise((resolve) => {
        if (running === 0 && lanes.size === 0) resolve();
        else sleepers.push(resolve);
      }),
  };
};
