import { describe, expect, it } from 'vitest';
import type { LossRecord } from '../journal/record.ts';
import { createOwedLosses } from './owed-losses.ts';

const createDisk = () => {
  const tried: LossRecord[] = [];
  const disk = { full: true, tried };
  const losses = createOwedLosses(async (loss) => {
    await Promise.resolve();
    tried.push(loss);
    if (disk.full) throw new Error('full');
  });
  return { disk, losses };
};
const settle = () => new Promise((resolve) => void setImmediate(resolve));
const door = (count: number) => ({ stream: 'main', journalClass: 'door', count }) as const;

describe('owed losses', () => {
  it('are sent at once, again and as one sum, and resolve when they are written', async () => {
    const { disk, losses } = createDisk();
    const resolved: string[] = [];
    void losses.add(door(2)).then(() => resolved.push('first'));
    await settle();
    void losses.add(door(3)).then(() => resolved.push('second'));
    void losses.add({ ...door(1), journalClass: 'audit' }).then(() => resolved.push('other class'));
    await settle();
    expect(resolved).toEqual([]);
    disk.tried.length = 0;
    disk.full = false;
    losses.flush();
    await settle();
    expect(disk.tried).toEqual([door(5), { ...door(1), journalClass: 'audit' }]);
    expect(resolved).toEqual(['first', 'second', 'other class']);
    losses.flush();
    await settle();
    expect(disk.tried).toHaveLength(2);
  });

  it('are rejected when nobody will write them any more', async () => {
    const { losses } = createDisk();
    const waiting = losses.add(door(2));
    await settle();
    losses.abandon(new Error('closed'));
    await expect(waiting).rejects.toThrow('closed');
  });
});
