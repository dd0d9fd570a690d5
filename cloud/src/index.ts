export { createCloud } from './cloud.ts';
export type { Cloud, CloudOptions } from './cloud.ts';
export { appendFeed } from './feed/feed.ts';
export { CloudError } from './errors.ts';
export { createDatabase } from './adapters/postgres.ts';
export { startEmbeddedPostgres } from './adapters/embedded-postgres.ts';
export { ensureDeployment } from './deployment.ts';
export { createSnapshots } from './policy/snapshot.ts';
export type * from './ports.ts';
