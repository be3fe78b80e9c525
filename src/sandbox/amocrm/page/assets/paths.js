const KEY = 'sandbox-person';

/** No address of this host names a person: a tab that a widget opened goes on as the person who looked at the widget. */
const person = personOfTab();

/** Addresses of this host's own pages, for the screens that all hosts share. */
export const paths = {
  deals: (view, pipelineId) =>
    view === 'list' ? '/leads/list/' : pipelineId ? `/leads/pipeline/${pipelineId}/` : '/leads/pipeline/',
  deal: (id) => `/leads/detail/${id}/`,
  personIn: () => person,
  of: (pathname) => pathname,
};

/** A tab that another one opens begins with that one's storage. */
function personOfTab() {
  const given = new URLSearchParams(location.search).get('user');
  try {
    if (given !== null) sessionStorage.setItem(KEY, given);
    return given ?? (window.opener === null ? null : sessionStorage.getItem(KEY));
  } catch {
    return given;
  }
}
