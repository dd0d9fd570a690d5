import { CardFaceBody, defaultFace, faceFaults, lookOf } from '@gatehouse/protocols';
import type { CardFaceView, FaceView } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { words } from './campus.table.ts';
import { ok, refuse } from './mock-route.ts';
import type { Asked, MockReply, Route } from './mock-route.ts';

export type MockFace = {
  readonly view: () => CardFaceView;
  readonly of: (kind: string) => FaceView;
  /** False where somebody else was first; undefined where the body is no face. */
  readonly save: (body: unknown) => boolean | undefined;
};

export const createMockFace = (nowMs: () => number): MockFace => {
  const fallback = defaultFace(null);
  let held: CardFaceView = { face: fallback, version: 0, fallback, saved: null };
  return {
    view: () => held,
    of: (kind) => ({ ...lookOf(held.face, kind), photo: 'drawn' }),
    save: (body) => {
      if (!Value.Check(CardFaceBody, body) || faceFaults(body.face).length > 0) return undefined;
      if (body.version !== held.version) return false;
      const saved = { at: new Date(nowMs()).toISOString(), by: null };
      held = { face: body.face, version: held.version + 1, fallback, saved };
      return true;
    },
  };
};

const cardFace = ({ state, phones, who, method, body }: Asked): MockReply => {
  if (who.role !== 'admin') return refuse(403, 'not_allowed', words.missing);
  if (method === 'GET') return ok(state.face.view());
  const isSaved = state.face.save(body);
  if (isSaved === undefined) return refuse(400, 'CL_FACE', words.missing);
  if (!isSaved) return refuse(409, 'CL_FACE_STALE', words.missing);
  phones.tellAll();
  return ok(state.face.view());
};

const portrait =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 30"><rect width="24" height="30" ' +
  'fill="#e3e8f0"/><circle cx="12" cy="11" r="5" fill="#d9a97f"/></svg>';

export const faceRows: readonly Route[] = [
  { method: 'GET', path: /^\/console\/card-face$/, run: cardFace },
  { method: 'POST', path: /^\/console\/card-face$/, run: cardFace },
  { method: 'GET', path: /^\/me\/photo$/, run: () => ({ status: 200, svg: portrait }) },
];
