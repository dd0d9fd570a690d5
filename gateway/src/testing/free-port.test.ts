import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from './free-port.ts';

it('is no port that the system gives to whoever asks for any', async () => {
  for (let asked = 0; asked < 20; asked += 1) {
    const port = await freePort();
    expect(port).toBeGreaterThan(10_080);
    expect(port).toBeLessThan(32_768);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  }
});
