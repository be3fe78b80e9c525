/** Activities of our own drawing and todos are both activities of the host, closed in different ways. */
export const ACTIVITY = 'activity:';
export const PLAIN_ACTIVITY = 'todo:';
