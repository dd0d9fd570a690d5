import { hexColour } from './colour.ts';
import { darkenForWhiteText } from './readable-colour.ts';
import type { CardFace } from './face.ts';

const ownColour = '#1f6f5c';

/**
 * What cards wear where nobody has set a face.
 * @param siteColour of the school, if it has one: as dark as white text on it needs
 */
export const defaultFace = (siteColour: string | null): CardFace => ({
  colour: darkenForWhiteText(
    siteColour !== null && hexColour.test(siteColour) ? siteColour : ownColour,
  ),
  title: { zh: '校园卡', en: 'Campus card' },
  cover: 'plain',
  fields: ['name', 'unit', 'kind'],
  number: 'masked',
  shortcuts: [],
  kinds: {},
});
