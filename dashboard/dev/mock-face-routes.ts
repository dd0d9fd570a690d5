import { words } from './campus.table.ts';
import { ok, refuse } from './mock-route.ts';
import type { Asked, MockReply, Route } from './mock-route.ts';

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
