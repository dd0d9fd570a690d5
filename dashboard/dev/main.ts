import { join } from 'node:path';
import { serveMock } from './adapters/mock-http.ts';

// A development tool: `node dashboard/dev/main.ts [port] [calm|busy]`, and `npm run dev` beside it.
const [port = '8090', scenario = 'busy'] = process.argv.slice(2);
const running = await serveMock({
  scenario: scenario === 'calm' ? 'calm' : 'busy',
  dist: join(import.meta.dirname, '..', 'dist'),
  port: Number(port),
});
console.log(`Mock campus on ${running.url} (${scenario})`);
