import { generateKeyPairSync, sign } from 'node:crypto';
import {
  assemblePass,
  buildPassBody,
  campusAudience,
  fromBase64Url,
  passText,
  signingInput,
  toBase64Url,
  utf8,
} from '@gatehouse/protocols';
import type { Phone } from './phone.ts';

export type Session = {
  readonly person: string;
  readonly get: <T>(path: string) => Promise<T>;
  readonly post: <T>(path: string, body?: unknown) => Promise<T>;
};

type Choice = {
  readonly role: string;
  readonly person: { readonly id: string; readonly name: { readonly zh: string } };
};

const answerOf = async <T>(answer: Response): Promise<T> => {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
  // The form of each answer is the API's own promise.
  return JSON.parse(text) as T;
};

/** Chooses one of the demo's people, as the first page does, in a browser of its own. */
export const signIn = async (url: string, name: string): Promise<Session> => {
  const choices = await answerOf<readonly Choice[]>(await fetch(`${url}/api/demo/choices`));
  const choice = choices.find(({ person }) => person.name.zh === name);
  if (choice === undefined) throw new Error(`the chooser does not offer ${name}`);
  const { role, person } = choice;
  const headers = { origin: url, 'content-type': 'application/json' };
  const jar = new Map<string, string>();
  /** As a browser: what is set comes along from then on. */
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    const cookie = [...jar].map(([key, value]) => `${key}=${value}`).join('; ');
    const answer = await fetch(url + path, { ...init, headers: { ...init.headers, cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(key, value);
    }
    return answer;
  };
  const body = JSON.stringify({ person: person.id, role });
  await answerOf(await ask('/api/session', { method: 'POST', headers, body }));
  return {
    person: person.id,
    get: async (path) => answerOf(await ask(path, {})),
    post: async (path, sent) =>
      answerOf(
        await ask(path, {
          method: 'POST',
          headers: sent === undefined ? { origin: url } : headers,
          ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
        }),
      ),
  };
};

/** Enrols a new key for the session's card as /m does: P-256, its private half in this process. */
export const enrolPhone = async (session: Session): Promise<Phone> => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signed = (bytes: Uint8Array): Uint8Array =>
    sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = [x, y].map((text) => fromBase64Url(text) ?? new Uint8Array());
  const key = toBase64Url(Buffer.concat([Uint8Array.of(4), ...point]));
  type Challenge = { readonly nonce: string };
  const { nonce } = await session.post<Challenge>('/api/me/enrol/challenge');
  const part = (value: unknown): string => toBase64Url(utf8(JSON.stringify(value)));
  const input = `${part({ alg: 'ES256', typ: 'gate-enrol+jws' })}.${part({ nonce, key })}`;
  const proof = `${input}.${toBase64Url(signed(utf8(input)))}`;
  type Enrolled = { readonly credential: string; readonly campus: string };
  const { credential, campus } = await session.post<Enrolled>('/api/me/enrol', { proof });
  let counter = 0;
  return {
    show: (_kind, agoMs = 0) => {
      const seconds = Math.floor(Date.now() / 1000);
      counter = Math.max(counter + 1, seconds);
      const iat = seconds - Math.floor(agoMs / 1000);
      const fields = { alg: 'ES256', credential, iat, counter } as const;
      const signature = signed(signingInput(fields, campusAudience(campus)));
      return passText(assemblePass(buildPassBody(fields), signature));
    },
  };
};
