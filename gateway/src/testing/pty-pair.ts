import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type PtyPair = {
  /** Two device paths, joined by a null-modem cable. */
  readonly gateway: string;
  readonly device: string;
  /** The cable is cut and both devices vanish. */
  readonly cut: () => Promise<void>;
};

/** @param socat path of the program */
export const openPtyPair = async (socat: string): Promise<PtyPair> => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pty-'));
  const gateway = join(folder, 'gateway');
  const device = join(folder, 'device');
  const isThere = () => existsSync(gateway) && existsSync(device);
  const there = new Promise<void>((resolve) => {
    const watcher = watch(folder, () => {
      if (!isThere()) return;
      watcher.close();
      resolve();
    });
  });
  const ends = [gateway, device].map((path) => `pty,raw,echo=0,link=${path}`);
  const child = spawn(socat, ends, { stdio: 'ignore' });
  await there;
  return {
    gateway,
    device,
    cut: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill();
        await exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
