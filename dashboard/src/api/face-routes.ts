import type { CardFaceBody, CardFaceView } from '@gatehouse/protocols';
import { request } from '../adapters/http.ts';

const path = '/api/console/card-face';

/** Of whoever is signed in; a face is drawn where there is no photo. */
export const ownPhotoPath = '/api/me/photo';

/** The routes of face-views.ts. */
export const faceRoutes = {
  view: () => request<CardFaceView>('GET', path),
  save: (body: CardFaceBody) => request<CardFaceView>('POST', path, body),
} as const;
