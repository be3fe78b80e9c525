/** Addresses of this host's own pages, for the screens that all hosts share. */
export const paths = {
  deals: (view, pipelineId) =>
    view === 'list' ? '/leads/list/' : pipelineId ? `/leads/pipeline/${pipelineId}/` : '/leads/pipeline/',
  deal: (id) => `/leads/detail/${id}/`,
  /** No address of this host names a person. */
  personIn: () => null,
  of: (pathname) => pathname,
};
