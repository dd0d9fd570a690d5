/** Names of arguments and parameters that may hold a PIN, a card, a pass or a key. */
const words = 'pin|password|passwd|secret|token|key|card|uid|pass|credential';
const first = new RegExp(`^(?:${words})(?:$|[A-Z0-9])`);
const last = /(?:Pin|Password|Secret|Token|Key|Card|Uid|Credential)$/;

export const isSecretArg = (name: string): boolean => first.test(name) || last.test(name);
