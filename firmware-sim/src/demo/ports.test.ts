import { expect, it } from 'vitest';
import { freePorts } from './ports.ts';

it('gives no port that is promised to somebody, though nobody listens there yet', async () => {
  const free = await freePorts(2);
  const all = Array.from({ length: 65_536 }, (_, port) => port);
  const promised = all.filter((port) => !free.includes(port));
  expect(new Set(await freePorts(2, promised))).toEqual(new Set(free));
  await expect(freePorts(1, all)).rejects.toThrow('has no 1 free ports');
});
