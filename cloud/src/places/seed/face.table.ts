import { defaultFace } from '@gatehouse/protocols';
import type { CardFace } from '@gatehouse/protocols';

/** The demo campus's own. Names under `example.org` are nobody's (RFC 2606). */
export const demoFace: CardFace = {
  ...defaultFace(null),
  colour: '#24507a',
  title: { zh: '东湖大学校园卡', en: 'East Lake card' },
  cover: 'hills',
  fields: ['photo', 'name', 'unit', 'kind', 'number'],
  shortcuts: [
    { label: { zh: '图书馆', en: 'Library' }, url: 'https://library.example.org/' },
    { label: { zh: '今日菜单', en: 'Menu today' }, url: 'https://canteen.example.org/menu' },
  ],
  kinds: {
    teacher: { colour: '#6b3a2e' },
    visitor: { colour: '#5a5a5a', title: { zh: '访客卡', en: 'Visitor card' } },
  },
};
