/** Resolves when every promise callback that could run has run. */
export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
