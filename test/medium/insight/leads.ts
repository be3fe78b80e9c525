/** A number of a page and the list that it leads to; null: a share or a median, whose list only has to open. */
export interface Lead {
  readonly where: string;
  readonly drill: string;
  readonly number: number | null;
}

type Fields = Readonly<Record<string, unknown>>;

/** Which number each `…Drill` stands beside. */
const BESIDE: Readonly<Record<string, (fields: Fields) => unknown>> = {
  drill: ({ deals, openDeals, visits, candidates, present }) =>
    visits ?? deals ?? openDeals ?? candidates ?? present,
  openDrill: ({ open }) => open,
  wonDrill: ({ won }) => won,
  lostDrill: ({ lost }) => lost,
  closedDrill: ({ won, lost }) => (typeof won === 'number' ? won + Number(lost) : null),
  doneDrill: ({ stepsDone }) => stepsDone,
  omittedDrill: ({ stepsFailedByOmission }) => stepsFailedByOmission,
};

/** All numbers of a page that lead somewhere. */
export function leadsOf(view: unknown, where = ''): readonly Lead[] {
  if (Array.isArray(view)) return view.flatMap((one, at) => leadsOf(one, `${where}[${at}]`));
  if (typeof view !== 'object' || view === null) return [];
  const fields = view as Fields;
  const own = Object.entries(fields).flatMap(([key, drill]): readonly Lead[] => {
    if (!/[dD]rill$/.test(key) || typeof drill !== 'string') return [];
    const number = BESIDE[key]?.(fields);
    return [{ where: `${where}.${key}`, drill, number: typeof number === 'number' ? number : null }];
  });
  const inner = Object.entries(fields).flatMap(([key, one]) => leadsOf(one, `${where}.${key}`));
  return [...own, ...inner];
}
