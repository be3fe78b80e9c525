/** Addresses of this host's own pages, for the screens that all hosts share. */
export const paths = {
  deals: (view) => `/crm/deal/${view}/`,
  deal: (id) => `/crm/deal/details/${id}/`,
  /** A person's own task list names the person. */
  personIn: (pathname) => /^\/company\/personal\/user\/(\d+)\//u.exec(pathname)?.[1] ?? null,
  /** The same address for another person. */
  of: (pathname, userId) => pathname.replace(/^(\/company\/personal\/user\/)\d+(\/.*)$/u, `$1${userId}$2`),
};
