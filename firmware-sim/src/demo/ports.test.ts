import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { freePorts } from './ports.ts';

const all = Array.from({ length: 65_536 }, (_, port) => port);

/** All but these, and but the first of their block, which says whose it is and is never given. */
const allBut = (...free: readonly number[]): readonly number[] => {
  const [one = 0] = free;
  const guard = one - ((one - 10_112) % 64);
  return all.filter((port) => port !== guard && !free.includes(port));
};

it('gives no port that is promised to somebody, though nobody listens there yet', async () => {
  const [free = 0, next = 0] = await freePorts(2);
  const promised = allBut(free, next);
  expect(new Set(await freePorts(2, promised))).toEqual(new Set([free, next]));
  await expect(freePorts(3, promised)).rejects.toThrow('has no 3 free ports');
});

it('gives a port to one process alone, though nobody listens there yet', async () => {
  const [free = 0] = await freePorts(1);
  const script = `
    const { freePorts } = await import(${JSON.stringify(new URL('ports.ts', import.meta.url))});
    let text = '';
    for await (const chunk of process.stdin) text += chunk;
    console.log(await freePorts(1, JSON.parse(text)).catch(({ message }) => message));`;
  const ran = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  ran.child.stdin?.end(JSON.stringify(allBut(free)));
  expect((await ran).stdout.trim()).toBe('This machine has no 1 free ports');
  expect(await freePorts(1, allBut(free))).toEqual([free]);
});
