/**
 * Everything that was not done, lost or put off, once: what the report counts and its lists show. A thing of somebody's
 * day that stayed undone counts once in the time, with the last reason that was given for it, or with none: a thing
 * about which nobody said anything is what the head wants to see. A step that failed for good, and one that was asked
 * about and answered for, tell themselves.
 * Parameters: 1 account, 2 from, 3 to (excluded), 4 pipeline or null, 5 owners or null, 6 to 8 keys, names in lower case
 * and causes of the account's reasons.
 */
export const TOLD = `
known AS (
  SELECT key, name, cause FROM unnest($6::text[], $7::text[], $8::text[]) AS k(key, name, cause)
), mine AS (
  SELECT deal_id, title, pipeline_id, owner_id, product_ids[1] AS product_id, stage_kind, loss_reason,
    coalesce(stage_since, modified_at) AS since
  FROM deal WHERE account_id = $1::uuid AND deleted_at IS NULL AND pipeline_id <> ''
    AND ($4::text IS NULL OR pipeline_id = $4::text)
    AND ($5::text[] IS NULL OR owner_id IS NULL OR owner_id = ANY($5::text[]))
), undone AS (
  SELECT DISTINCT ON (i.deal_id, i.step_id) i.deal_id, i.step_id, s.at, i.reason_key, i.reason, i.cause
  FROM day_item i LEFT JOIN person_day y ON y.account_id = i.account_id AND y.user_id = i.user_id AND y.day = i.day
    CROSS JOIN LATERAL (SELECT least(i.at, y.ends_at - interval '1 minute') AS at) s
  WHERE i.account_id = $1::uuid AND i.at >= $2 AND i.at < $3::timestamptz + interval '7 days'
    AND s.at >= $2 AND s.at < $3 AND i.deal_id <> '' AND i.step_id NOT LIKE 'push~%'
    AND i.kind IN ('notDone', 'moved', 'unexplained')
    AND NOT EXISTS (SELECT 1 FROM plan_step f WHERE f.account_id = i.account_id AND f.deal_id = i.deal_id
      AND f.step_key || '~' || f.visit_seq = i.step_id AND f.state = 'failed' AND f.finished_at >= $2 AND f.finished_at < $3)
    AND NOT EXISTS (SELECT 1 FROM push q WHERE q.account_id = i.account_id AND q.deal_id = i.deal_id
      AND q.step_id = i.step_id AND q.state = 'answered' AND q.answer = 'notDone' AND q.answered_at >= $2 AND q.answered_at < $3)
  ORDER BY i.deal_id, i.step_id, coalesce(i.reason, '') = '', s.at DESC
), happened AS (
  SELECT 'step' AS use, s.deal_id, s.finished_at AS at, s.plan_id || '~' || s.step_key || '~' || s.visit_seq AS id,
    s.detail #>> '{outcome,reasonKey}' AS key, btrim(coalesce(s.detail #>> '{outcome,reason}', '')) AS label,
    s.detail #>> '{outcome,cause}' AS cause, s.detail #>> '{outcome,reason}' AS words
  FROM plan_step s WHERE s.account_id = $1::uuid AND s.state = 'failed' AND s.finished_at >= $2 AND s.finished_at < $3
  UNION ALL
  SELECT 'step', u.deal_id, u.at, 'day~' || u.deal_id || '~' || u.step_id, u.reason_key, btrim(coalesce(u.reason, '')),
    u.cause, u.reason FROM undone u
  UNION ALL
  SELECT 'step', p.deal_id, p.answered_at, 'push~' || p.push_id, p.reason_key, btrim(coalesce(p.reason, '')), NULL, p.reason
  FROM push p WHERE p.account_id = $1::uuid AND p.deal_id IS NOT NULL AND p.answer = 'notDone' AND p.state = 'answered'
    AND p.answered_at >= $2 AND p.answered_at < $3
  UNION ALL
  SELECT 'loss', d.deal_id, d.since, d.deal_id, x.key, btrim(coalesce(d.loss_reason, '')), NULL, x.words
  FROM mine d LEFT JOIN LATERAL (
    SELECT x.facts ->> 'reasonKey' AS key, x.facts ->> 'comment' AS words FROM deal_deed x
    WHERE x.account_id = $1::uuid AND x.deal_id = d.deal_id AND x.kind = 'close' AND x.undone_at IS NULL
    ORDER BY x.at DESC LIMIT 1) x ON true
  WHERE d.stage_kind = 'lost' AND d.since >= $2 AND d.since < $3
  UNION ALL
  SELECT 'snooze', z.deal_id, z.at, z.snooze_id::text, z.reason_key, '', NULL, z.comment
  FROM snooze z WHERE z.account_id = $1::uuid AND z.undone_at IS NULL AND z.at >= $2 AND z.at < $3
), told AS (
  SELECT h.use, h.deal_id, h.at, h.id, h.words, d.title, d.owner_id, d.product_id, v.stage_id, d.pipeline_id,
    coalesce('key:' || coalesce(h.key, m.key), CASE h.label WHEN '' THEN 'none' ELSE 'text:' || md5(lower(h.label)) END)
      AS reason_id,
    h.label, coalesce(h.cause, k.cause, m.cause) AS cause
  FROM happened h JOIN mine d ON d.deal_id = h.deal_id
    LEFT JOIN known k ON k.key = h.key LEFT JOIN known m ON h.key IS NULL AND m.name = lower(h.label)
    LEFT JOIN LATERAL (
      SELECT v.stage_id FROM stage_visit v JOIN stage s ON s.account_id = v.account_id AND s.pipeline_id = v.pipeline_id
        AND s.stage_id = v.stage_id AND s.kind = 'open'
      WHERE v.account_id = $1::uuid AND v.deal_id = h.deal_id AND v.entered_at <= h.at ORDER BY v.seq DESC LIMIT 1
    ) v ON true
)`;

/** The column that rows are made by. */
export const GROUPS = {
  stage: `coalesce(t.stage_id, '')`,
  seller: `coalesce(t.owner_id, '')`,
  product: `coalesce(t.product_id, '')`,
} as const;

/** Deals that were closed in the time, with every reason that a step or a snooze named before. */
export const PRECEDED = `
closed AS (
  SELECT deal_id, stage_kind = 'lost' AS lost, since FROM mine
  WHERE stage_kind IN ('won', 'lost') AND since >= $2 AND since < $3
), named AS (
  SELECT s.deal_id, s.finished_at AS at, s.detail #>> '{outcome,reasonKey}' AS key,
    btrim(coalesce(s.detail #>> '{outcome,reason}', '')) AS label
  FROM closed c JOIN plan_step s ON s.account_id = $1::uuid AND s.deal_id = c.deal_id AND s.state = 'failed'
  WHERE s.finished_at < c.since
  UNION ALL
  SELECT z.deal_id, z.at, z.reason_key, '' FROM closed c JOIN snooze z ON z.account_id = $1::uuid
    AND z.deal_id = c.deal_id AND z.undone_at IS NULL WHERE z.at < c.since
), met AS (
  SELECT DISTINCT n.deal_id, coalesce('key:' || coalesce(n.key, m.key), 'text:' || md5(lower(n.label))) AS reason_id,
    n.label
  FROM named n LEFT JOIN known m ON n.key IS NULL AND m.name = lower(n.label)
  WHERE n.key IS NOT NULL OR n.label <> ''
)`;
