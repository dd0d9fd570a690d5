/** One server-sent event (HTML standard, §9.2.6). */
export type SseMessage = {
  readonly event: string;
  readonly data: string;
  readonly id: string | null;
};

export type SseState = {
  /** The text after the last line end. */
  readonly rest: string;
  readonly event: string;
  readonly data: readonly string[];
  readonly id: string | null;
};

export const sseStart: SseState = { rest: '', event: '', data: [], id: null };

/** A server that sends more than this without a line end is not ours. */
export const sseLineCharsMax = 8_000_000;

type Step = { readonly state: SseState; readonly message?: SseMessage };

const readLine = (state: SseState, line: string): Step => {
  if (line === '') {
    const { event, data, id } = state;
    const next = { ...state, event: '', data: [] };
    if (data.length === 0) return { state: next };
    return { state: next, message: { event: event || 'message', data: data.join('\n'), id } };
  }
  const colon = line.indexOf(':');
  const field = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (field === 'event') return { state: { ...state, event: value } };
  if (field === 'data') return { state: { ...state, data: [...state.data, value] } };
  if (field === 'id') return { state: { ...state, id: value } };
  return { state }; // comments begin with a colon: their field is empty
};

/**
 * Reads a piece of the stream, however it was cut.
 * @throws RangeError for a line beyond the bound
 */
export const readSse = (
  before: SseState,
  chunk: string,
): { readonly state: SseState; readonly messages: readonly SseMessage[] } => {
  const text = before.rest + chunk;
  if (text.length > sseLineCharsMax) throw new RangeError('a line of the stream is too long');
  // A carriage return at the very end may be half of a line end: it waits for the next piece.
  const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
  const lines = whole.split(/\r\n|\n|\r/);
  const rest = (lines.pop() ?? '') + text.slice(whole.length);
  const messages: SseMessage[] = [];
  let state: SseState = { ...before, rest: '' };
  for (const line of lines) {
    const step = readLine(state, line);
    state = step.state;
    if (step.message !== undefined) messages.push(step.message);
  }
  return { state: { ...state, rest }, messages };
};
