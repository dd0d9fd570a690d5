import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { BulkPage } from './bulk/bulk-page.tsx';
import { readBulkSearch } from './bulk/bulk-search.ts';
import { CardPage } from './cards/card-page.tsx';
import { CardsPage } from './cards/cards-page.tsx';
import { ClaimGroupsPage } from './claim-groups/claim-groups-page.tsx';
import { DeskPage } from './desk/desk-page.tsx';
import { DevicePage } from './device-page/device-page.tsx';
import { DevicesPage } from './devices/devices-page.tsx';
import { DoorPage } from './door-page/door-page.tsx';
import { DoorsPage } from './doors/doors-page.tsx';
import { EventsPage } from './events/events-page.tsx';
import { GatewaysPage } from './gateways/gateways-page.tsx';
import { Lost } from './lost.tsx';
import { NowPage } from './now/now-page.tsx';
import { CardListPage } from './numbers/cards-page.tsx';
import { NumbersPage } from './numbers/numbers-page.tsx';
import { readCardListSearch, readNumbersSearch } from './numbers/numbers-search.ts';
import { NewPersonPage } from './people/new-person-page.tsx';
import { PersonPage } from './people/person-page.tsx';
import { ProfileEditor } from './profiles/profile-editor.tsx';
import { ProfilePage } from './profiles/profile-page.tsx';
import { ProfilesPage } from './profiles/profiles-page.tsx';
import {
  readCardsSearch,
  readDevicesSearch,
  readDoorsSearch,
  readEditorSearch,
  readEventsSearch,
  readNewPersonSearch,
  readProfileSearch,
  readProfilesSearch,
  readUsesSearch,
} from './search.ts';
import { CardFacePage } from './settings/card-face-page.tsx';
import { SettingsPage } from './settings/settings-page.tsx';
import { Shell } from './shell.tsx';
import { UsesPage } from './uses/uses-page.tsx';

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: Lost });

const nowRoute = createRoute({ getParentRoute: () => rootRoute, path: '/', component: NowPage });
const doorsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/doors',
  validateSearch: readDoorsSearch,
  component: DoorsPage,
});
const doorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/doors/$door',
  component: DoorPage,
});
const devicesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/devices',
  validateSearch: readDevicesSearch,
  component: DevicesPage,
});
const deviceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/devices/$device',
  component: DevicePage,
});
const profilesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/profiles',
  validateSearch: readProfilesSearch,
  component: ProfilesPage,
});
const profileEditorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/profiles/new',
  validateSearch: readEditorSearch,
  component: ProfileEditor,
});
const profileRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/profiles/$profile',
  validateSearch: readProfileSearch,
  component: ProfilePage,
});
const gatewaysRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/gateways',
  component: GatewaysPage,
});
const claimGroupsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/gateways/groups',
  component: ClaimGroupsPage,
});
const usesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/uses',
  validateSearch: readUsesSearch,
  component: UsesPage,
});
const eventsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/events',
  validateSearch: readEventsSearch,
  component: EventsPage,
});

const cardsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cards',
  validateSearch: readCardsSearch,
  component: CardsPage,
});
const bulkRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cards/bulk',
  validateSearch: readBulkSearch,
  component: BulkPage,
});
const cardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cards/$card',
  component: CardPage,
});
const newPersonRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/new',
  validateSearch: readNewPersonSearch,
  component: NewPersonPage,
});
const personRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/$person',
  component: PersonPage,
});
const deskRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/desk',
  component: DeskPage,
});

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings',
  component: SettingsPage,
});
const cardFaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/card-face',
  component: CardFacePage,
});
const numbersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/numbers',
  validateSearch: readNumbersSearch,
  component: NumbersPage,
});
const cardNumbersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/numbers/cards',
  validateSearch: readCardListSearch,
  component: CardListPage,
});

const routeTree = rootRoute.addChildren([
  nowRoute,
  doorsRoute,
  doorRoute,
  devicesRoute,
  deviceRoute,
  profilesRoute,
  profileEditorRoute,
  profileRoute,
  gatewaysRoute,
  claimGroupsRoute,
  usesRoute,
  eventsRoute,
  cardsRoute,
  bulkRoute,
  cardRoute,
  newPersonRoute,
  personRoute,
  deskRoute,
  numbersRoute,
  cardNumbersRoute,
  settingsRoute,
  cardFaceRoute,
]);

export const createConsoleRouter = () =>
  createRouter({
    routeTree,
    basepath: '/console',
    trailingSlash: 'never',
    scrollRestoration: true,
  });

declare module '@tanstack/react-router' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- merged by the router
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
