import { toBase64Url } from '@gatehouse/protocols';
import type { TimeAnchor } from './clock-trust.ts';
import type { Trust } from './policy/trust.ts';
import type { Cancel, Ports } from './ports.ts';

export const askEveryMs = 3 * 3600 * 1000;
const retryFirstMs = 2_000;
const retryMaxMs = 5 * 60 * 1000;
/** A slower answer says too little: what it names may lie anywhere in that time. */
export const roundTripMaxMs = 4_000;
const answerBytesMax = 4_096;
const nonceBytes = 16;

export type SignedTimeAsker = {
  /** Asks now: something has changed that makes an answer likely. */
  readonly ask: () => void;
  readonly stop: () => void;
};

export type SignedTimeOptions = {
  readonly ports: Pick<Ports, 'clock' | 'random' | 'http' | 'log'>;
  readonly trust: Pick<Trust, 'openTime'>;
  readonly onTime: (anchor: TimeAnchor) => void;
};

/** Asks the cloud for the time, signed over a fresh nonce: at the start, then every few hours. */
export const createSignedTime = (options: SignedTimeOptions): SignedTimeAsker => {
  const { clock, log } = options.ports;
  let cancel: Cancel = () => undefined;
  let isAsking = false;
  let isStopped = false;
  let retryMs = retryFirstMs;

  const askIn = (delayMs: number): void => {
    cancel();
    if (!isStopped) cancel = clock.after(delayMs, ask);
  };
  const ask = (): void => {
    if (isAsking || isStopped) return;
    isAsking = true;
    cancel();
    void askOnce(options)
      .catch((error: unknown) => {
        log.debug('time.not_told', { error });
        return undefined;
      })
      .then((anchor) => {
        isAsking = false;
        if (isStopped) return;
        if (anchor === undefined) {
          askIn(retryMs);
          retryMs = Math.min(retryMs * 2, retryMaxMs);
          return;
        }
        retryMs = retryFirstMs;
        options.onTime(anchor);
        askIn(askEveryMs);
      });
  };
  return {
    ask,
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
};

/** Undefined where the answer does not verify, is another's, or took too long. */
const askOnce = async ({ ports, trust }: SignedTimeOptions): Promise<TimeAnchor | undefined> => {
  const { clock, random, http } = ports;
  const nonce = toBase64Url(random(nonceBytes));
  const sentMono = clock.monoMs();
  const body = await http.get(`/v1/time?nonce=${nonce}`, answerBytesMax);
  const heardMono = clock.monoMs();
  const told = await trust.openTime(new TextDecoder().decode(body));
  if (told?.nonce !== nonce || heardMono - sentMono > roundTripMaxMs) return undefined;
  // It was signed somewhere between asking and hearing.
  return { atMs: told.at, monoMs: (sentMono + heardMono) / 2 };
};
