import { isAffiliationKind } from '@gatehouse/protocols';
import type { CardGrouping, Text } from '@gatehouse/protocols';
import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { numberRoutes } from '../../api/number-routes.ts';
import type { CardListFilter } from '../../api/number-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useConsole } from '../console-context.ts';

const lookAgainMs = 20_000;
const fresh = {
  refetchInterval: lookAgainMs,
  staleTime: 0,
  placeholderData: keepPreviousData,
} as const;

export const useCardNumbers = (by: CardGrouping, neverDays: number) =>
  useQuery({
    queryKey: ['numbers', by, neverDays],
    queryFn: () => numberRoutes.cards(by, neverDays),
    ...fresh,
  });

export const useTraffic = (days: number) =>
  useQuery({
    queryKey: ['numbers-traffic', days],
    queryFn: () => numberRoutes.traffic(days),
    ...fresh,
  });

export const usePassNumbers = () =>
  useQuery({ queryKey: ['numbers-passes'], queryFn: numberRoutes.passes, ...fresh });

export const useCardPages = (filter: CardListFilter) =>
  useInfiniteQuery({
    queryKey: ['numbers-cards', filter],
    queryFn: ({ pageParam }) => numberRoutes.list(filter, pageParam),
    initialPageParam: '',
    getNextPageParam: ({ after }) => after ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });

export const useNumbersMay = (action: 'numbers.names' | 'numbers.recount'): boolean =>
  useConsole().session.may.includes(action);

/** Counts everything again, and shows at once how far that is. */
export const useRecount = (): (() => Promise<void>) => {
  const client = useQueryClient();
  return async () => {
    await numberRoutes.recount();
    await Promise.all(
      ['numbers', 'numbers-traffic', 'numbers-passes'].map((name) =>
        client.invalidateQueries({ queryKey: [name] }),
      ),
    );
  };
};

/** Digits in groups, as the language writes them. */
export const useCountText = (): ((count: number) => string) => {
  const { language } = useWords();
  const format = new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB');
  return (count) => format.format(count);
};

/** What a group of cards is called. */
export const useGroupName = (): ((group: {
  readonly id: string;
  readonly name: Text | null;
}) => string) => {
  const { t, pick } = useWords();
  return ({ id, name }) => {
    if (name !== null) return pick(name);
    return isAffiliationKind(id) ? t(`affiliation.${id}`) : id;
  };
};
