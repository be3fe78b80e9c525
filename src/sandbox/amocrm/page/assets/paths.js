const KEY = 'sandbox-person';

/** No address of this host names a person, and those that widgets open do not either: the tab goes on as it began. */
const person = personOfTab();

/** Addresses of this host's own pages, for the screens that all hosts share. */
export const paths = {
  deals: (view, pipelineId) =>
    view === 'list' ? '/leads/list/' : pipelineId ? `/leads/pipeline/${pipelineId}/` : '/leads/pipeline/',
  deal: (id) => `/leads/detail/${id}/`,
  personIn: () => person,
  of: (pathname) => pathname,
};

/** Who stands in the address, else who stood there before in this tab or in the one that opened it. */
function personOfTab() {
  const given = new URLSearchParams(location.search).get('user');
  try {
    if (given !== null) sessionStorage.setItem(KEY, given);
    return given ?? sessionStorage.getItem(KEY);
  } catch {
    return given;
  }
}
