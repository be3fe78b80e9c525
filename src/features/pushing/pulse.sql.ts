/**
 * The host counts what we write into a deal as an activity of it. Nobody worked on the deal then: between the first
 * sending and the host's answer, give or take what two clocks may be apart, an activity is taken for our own.
 */
const APART = `interval '5 seconds'`;
/** Nobody notes when the host was done with a task: a request of fifty takes it some seconds. */
const TASK_TAKES = `interval '20 seconds'`;

/** An idle plan (paused until a date) and a deal that asks for nothing until the client's agreed date both wait. */
const FACTS = `
WITH d AS (
  SELECT deal_id, pipeline_id, stage_id, stage_kind, owner_id, amount, created_at, last_activity_at, stage_since,
    modified_at
  FROM deal WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) AND deleted_at IS NULL AND pipeline_id <> ''
), p AS (
  SELECT DISTINCT ON (deal_id) deal_id, plan_id, template_id, version, state, stage_key, started_at, pause
  FROM plan WHERE account_id = $1::uuid AND deal_id = ANY($2::text[])
  ORDER BY deal_id, (state = 'closed'), started_at DESC, plan_id
), live AS (
  SELECT d.*, p.plan_id, p.template_id, p.version, p.state AS plan_state, p.pause
  FROM d LEFT JOIN p USING (deal_id) WHERE d.stage_kind = 'open' OR p.state <> 'closed'
), v AS (
  SELECT DISTINCT ON (deal_id) deal_id, entered_at FROM stage_visit
  WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) ORDER BY deal_id, seq DESC
), s AS (
  SELECT live.deal_id,
    count(*) FILTER (WHERE s.state = 'done')::int AS done,
    count(*) FILTER (WHERE s.state IN ('future', 'waiting', 'actionable'))::int AS open,
    coalesce(array_agg(s.due_at ORDER BY s.due_at) FILTER (WHERE s.state = 'actionable' AND s.due_at IS NOT NULL),
      '{}') AS due_ats,
    (array_agg(s.step_key || '~' || s.visit_seq ORDER BY s.due_at NULLS LAST, s.position, s.step_key)
      FILTER (WHERE s.state = 'actionable'))[1] AS next_step,
    (array_agg(s.owner_id ORDER BY s.due_at NULLS LAST, s.position, s.step_key)
      FILTER (WHERE s.state = 'actionable'))[1] AS next_owner,
    max(s.finished_at) FILTER (WHERE s.state IN ('done', 'failed', 'skipped')) AS finished_at,
    bool_or(s.state = 'future') AS ahead
  FROM live JOIN plan_step s ON s.account_id = $1::uuid AND s.plan_id = live.plan_id GROUP BY live.deal_id
), a AS (
  SELECT deal_id, accepted_at FROM deal_acceptance WHERE account_id = $1::uuid AND deal_id = ANY($2::text[])
), w AS (
  SELECT DISTINCT ON (pipeline_id) pipeline_id, stage_id FROM stage
  WHERE account_id = $1::uuid AND kind = 'open' AND deleted_at IS NULL ORDER BY pipeline_id, sort DESC, stage_id DESC
), c AS (
  SELECT live.deal_id, ((f.value #>> '{}')::timestamptz) AS client_at
  FROM live JOIN deal ON deal.account_id = $1::uuid AND deal.deal_id = live.deal_id
  CROSS JOIN LATERAL (SELECT deal.fields -> $3::text AS value) f
  WHERE $3::text IS NOT NULL AND f.value #>> '{}' ~ '^\\d{4}-\\d{2}-\\d{2}'
), t AS (
  SELECT live.deal_id, CASE WHEN live.last_activity_at > live.created_at AND NOT EXISTS (
    SELECT 1 FROM outbox_action o WHERE o.account_id = $1::uuid AND o.deal_id = live.deal_id
      AND o.kind IN ('ask', 'closeAsk', 'comment') AND live.last_activity_at
        BETWEEN o.first_sent_at - ${APART} AND coalesce(o.done_at, o.sending_at) + ${APART}
  ) AND NOT EXISTS (
    SELECT 1 FROM outbox_task o WHERE o.account_id = $1::uuid AND o.plan_id = live.plan_id
      AND (live.last_activity_at BETWEEN o.first_sent_at - ${APART} AND o.first_sent_at + ${TASK_TAKES}
        OR live.last_activity_at BETWEEN o.sending_at - ${APART} AND o.sending_at + ${TASK_TAKES})
  ) THEN live.last_activity_at END AS activity_at
  FROM live
), e AS (
  SELECT live.deal_id, greatest(coalesce(v.entered_at, live.stage_since, live.created_at), live.created_at) AS since,
    greatest(live.created_at, v.entered_at, s.finished_at, t.activity_at) AS last_at, t.activity_at
  FROM live JOIN t USING (deal_id) LEFT JOIN v USING (deal_id) LEFT JOIN s USING (deal_id)
)`;

/**
 * What a newly computed row does not know and the old one does: an answer to a push, and an activity over which the
 * host wrote the time of our own.
 */
const KNOWN_BETTER = `o.last_event IN ('pushAnswered', 'activity')`;
const LAST_EVENT_AT = `CASE WHEN ${KNOWN_BETTER} THEN greatest(o.last_event_at, excluded.last_event_at)
    ELSE excluded.last_event_at END`;

/**
 * Computes the pulses of these deals anew and stores them. Parameters: account, deal ids, the host field that holds the
 * client's agreed date (or null), whether something happened to them: else rows that are right already are left alone,
 * and no rule looks at them again. What pushes and snoozes wrote into a row stays.
 */
export const REFRESH_PULSES = `${FACTS}
INSERT INTO deal_pulse AS o (account_id, deal_id, pipeline_id, stage_id, stage_kind, owner_id, amount, created_at,
  stage_since, last_event, last_event_at, unsorted, accepted_at, plan_id, template_id, template_version, plan_state,
  done_steps, open_steps, due_ats, next_step, next_due_at, next_owner_id, ends_early, waiting_until, next_check_at)
SELECT $1::uuid, live.deal_id, live.pipeline_id, live.stage_id, live.stage_kind, live.owner_id, live.amount,
  live.created_at, e.since,
  CASE e.last_at WHEN e.activity_at THEN 'activity' WHEN s.finished_at THEN 'stepFinished'
    WHEN v.entered_at THEN CASE WHEN v.entered_at <= live.created_at THEN 'created' ELSE 'stageMoved' END
    ELSE 'created' END,
  e.last_at,
  a.deal_id IS NULL AND i.stage_id IS NOT NULL, a.accepted_at,
  live.plan_id, live.template_id, live.version, live.plan_state,
  coalesce(s.done, 0), coalesce(s.open, 0), coalesce(s.due_ats, '{}'), s.next_step, s.due_ats[1], s.next_owner,
  coalesce(live.plan_state = 'active', false) AND live.stage_id IS DISTINCT FROM w.stage_id AND NOT coalesce(s.ahead, false),
  greatest(CASE WHEN live.plan_state = 'paused'
    THEN coalesce(to_timestamp((live.pause ->> 'until')::float8 / 1000), 'infinity'::timestamptz) END, c.client_at),
  '-infinity'::timestamptz
FROM live JOIN e USING (deal_id) LEFT JOIN v USING (deal_id) LEFT JOIN s USING (deal_id) LEFT JOIN a USING (deal_id)
  LEFT JOIN c USING (deal_id) LEFT JOIN w ON w.pipeline_id = live.pipeline_id
  LEFT JOIN intake_stage i ON i.account_id = $1::uuid AND i.pipeline_id = live.pipeline_id AND i.stage_id = live.stage_id
ON CONFLICT (account_id, deal_id) DO UPDATE SET
  pipeline_id = excluded.pipeline_id, stage_id = excluded.stage_id, stage_kind = excluded.stage_kind,
  owner_id = excluded.owner_id, amount = excluded.amount, created_at = excluded.created_at,
  stage_since = excluded.stage_since,
  last_event = CASE WHEN ${KNOWN_BETTER} AND o.last_event_at >= excluded.last_event_at
    THEN o.last_event ELSE excluded.last_event END,
  last_event_at = ${LAST_EVENT_AT},
  unsorted = excluded.unsorted, accepted_at = excluded.accepted_at, plan_id = excluded.plan_id,
  template_id = excluded.template_id, template_version = excluded.template_version,
  plan_state = excluded.plan_state, done_steps = excluded.done_steps, open_steps = excluded.open_steps,
  due_ats = excluded.due_ats, next_step = excluded.next_step, next_due_at = excluded.next_due_at,
  next_owner_id = excluded.next_owner_id, ends_early = excluded.ends_early,
  waiting_until = excluded.waiting_until, next_check_at = excluded.next_check_at
WHERE $4::boolean OR (o.pipeline_id, o.stage_id, o.stage_kind, o.owner_id, o.amount, o.created_at, o.stage_since,
    o.last_event_at, o.unsorted, o.accepted_at, o.plan_id, o.template_id, o.template_version, o.plan_state,
    o.done_steps, o.open_steps, o.due_ats, o.next_step, o.next_due_at, o.next_owner_id, o.ends_early, o.waiting_until)
  IS DISTINCT FROM (excluded.pipeline_id, excluded.stage_id, excluded.stage_kind, excluded.owner_id, excluded.amount,
    excluded.created_at, excluded.stage_since, ${LAST_EVENT_AT}, excluded.unsorted, excluded.accepted_at,
    excluded.plan_id, excluded.template_id, excluded.template_version, excluded.plan_state, excluded.done_steps,
    excluded.open_steps, excluded.due_ats, excluded.next_step, excluded.next_due_at, excluded.next_owner_id,
    excluded.ends_early, excluded.waiting_until)`;

/**
 * Rows of deals that are gone, or closed without anything left to do. What was found of a closed deal was acted on and
 * moved by its closing, and is over at the next round: a due moment says so. Steps that were left undone on the way are
 * worth a word for a week. Parameters: account, deal ids.
 */
export const DROP_PULSES = `
WITH dropped AS (
  DELETE FROM deal_pulse o WHERE o.account_id = $1::uuid AND o.deal_id = ANY($2::text[]) AND NOT EXISTS (
    SELECT 1 FROM deal d WHERE d.account_id = o.account_id AND d.deal_id = o.deal_id AND d.deleted_at IS NULL
      AND d.pipeline_id <> '' AND (d.stage_kind = 'open' OR EXISTS (SELECT 1 FROM plan p
        WHERE p.account_id = d.account_id AND p.deal_id = d.deal_id AND p.state <> 'closed')))
  RETURNING o.deal_id
), closed AS (
  SELECT dropped.deal_id, CASE WHEN d.deleted_at IS NULL THEN coalesce(d.stage_since, d.modified_at) END AS at
  FROM dropped LEFT JOIN deal d ON d.account_id = $1::uuid AND d.deal_id = dropped.deal_id
)
UPDATE alert a SET
  acted_at = coalesce(a.acted_at, CASE WHEN c.at > a.at AND c.at <= a.at + interval '1 day' THEN c.at END),
  moved_at = coalesce(a.moved_at, CASE WHEN c.at > a.at AND c.at <= a.at + interval '7 days' THEN c.at END),
  next_at = CASE WHEN a.over_at IS NOT NULL OR a.kind = 'lostWithoutReason' THEN a.next_at
    WHEN a.kind = 'movedWithOpenSteps' THEN greatest(a.at, c.at) + interval '7 days' ELSE '-infinity' END
FROM closed c WHERE a.account_id = $1::uuid AND a.deal_id = c.deal_id`;

export const PULSE_COLUMNS = `o.deal_id, o.pipeline_id, o.stage_id, o.stage_kind, o.owner_id,
  trim_scale(o.amount)::text AS amount, o.created_at, o.stage_since, o.last_event, o.last_event_at, o.unsorted,
  o.accepted_at, o.plan_id, o.template_id, o.template_version, o.plan_state, o.done_steps, o.open_steps, o.due_ats,
  o.next_step, o.next_owner_id, o.ends_early,
  CASE WHEN o.waiting_until = 'infinity' THEN 8640000000000000
    ELSE extract(epoch FROM o.waiting_until) * 1000 END::float8 AS waiting_ms,
  o.snoozed_until, o.pushed_at`;
