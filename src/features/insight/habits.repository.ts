import { Injectable } from '@nestjs/common';
import type { SellerGroups } from '../../domain/insight/habits.js';
import { bucketSql } from '../../mirror/index.js';
import type { InsightScope } from './insight-scope.js';
import {
  dealsInPipeline,
  periodConditions,
  SINCE,
  Values,
  type DealRange,
  type Statement,
} from './insight.sql.js';
import type { BestHabit } from './insight.view.js';
import { Steps } from './steps.service.js';

/** What a group of sellers did, counted. */
export interface HabitFact {
  readonly habit: BestHabit;
  /** A stage's id, or a step's title; empty where the habit has no parts. */
  readonly part: string;
  readonly best: boolean;
  /** `yes` and `no` of shares; `left` and `open` of times, in `bucket`s; `mean` of numbers a deal. */
  readonly way: 'yes' | 'no' | 'left' | 'open' | 'mean';
  readonly bucket: number;
  readonly n: number;
  readonly sum: number;
  readonly squares: number;
}

/** How people work changes: what is older than a year tells of other people. */
const DAYS = 365;
const WHOLE = `'' AS part`;

/** What the best third of the sellers and the others do, over the last year or the page's period. */
@Injectable()
export class HabitsRepository {
  constructor(private readonly steps: Steps) {}

  async of(scope: InsightScope, groups: SellerGroups): Promise<readonly HabitFact[]> {
    const rows: HabitFact[] = [];
    for (const question of QUESTIONS)
      rows.push(
        ...(await this.steps.rows<HabitFact>(scope.accountId, (range) => question(scope, groups, range))),
      );
    const same = Map.groupBy(rows, ({ habit, part, best, way, bucket }) =>
      JSON.stringify([habit, part, best, way, bucket]),
    );
    return [...same.values()].flatMap((some) => {
      const [first] = some;
      if (!first) return [];
      const total = (of: (row: HabitFact) => number): number => some.reduce((all, row) => all + of(row), 0);
      return {
        ...first,
        n: total((row) => row.n),
        sum: total((row) => row.sum),
        squares: total((row) => row.squares),
      };
    });
  }
}

type Question = (scope: InsightScope, groups: SellerGroups, range: DealRange) => Statement;

/** What every question begins with. */
interface Ground {
  readonly values: Values;
  readonly deals: readonly string[];
  /** Whether the person in this column is one of the best. */
  readonly best: (column: string) => string;
  /** Whether the person in this column is compared at all. */
  readonly judged: (column: string) => string;
  readonly within: (column: string) => string;
}

function groundOf(scope: InsightScope, groups: SellerGroups, range: DealRange): Ground {
  const values = new Values();
  const best = values.add([...groups.best], 'text[]');
  const all = values.add([...groups.best, ...groups.rest], 'text[]');
  return {
    values,
    deals: dealsInPipeline(values, scope, range),
    best: (column) => `${column} = ANY(${best})`,
    judged: (column) => `${column} = ANY(${all})`,
    within: (column) => {
      const period = periodConditions(values, scope, column);
      if (period.length > 0) return period.join(' AND ');
      return `${column} >= ${values.add(new Date(scope.now - DAYS * 86_400_000), 'timestamptz')}`;
    },
  };
}

function counted(habit: BestHabit, part: string, best: string, way: string, bucket = '0'): string {
  return `'${habit}' AS habit, ${part}, ${best} AS best, ${way} AS way, ${bucket} AS bucket, count(*)::int AS n,
    0::float8 AS sum, 0::float8 AS squares`;
}

/** Minutes from the deal's coming into being to the first thing that anybody did with it. */
const firstResponse: Question = (scope, groups, range) => {
  const { values, deals, best, judged, within } = groundOf(scope, groups, range);
  const now = values.add(new Date(scope.now), 'timestamptz');
  const where = [...deals, judged('d.owner_id'), within('d.created_at')].join(' AND ');
  const length = bucketSql(`(coalesce(f.at, ${now}) - d.created_at)`);
  return {
    text: `SELECT ${counted('firstResponse', WHOLE, best('d.owner_id'), `CASE WHEN f.at IS NULL THEN 'open' ELSE 'left' END`, length)}
      FROM deal d CROSS JOIN LATERAL (SELECT least(
        (SELECT min(s.finished_at) FROM plan_step s WHERE s.account_id = d.account_id AND s.deal_id = d.deal_id
          AND s.state IN ('done', 'failed') AND s.finished_at >= d.created_at),
        (SELECT min(t.completed_at) FROM host_task t WHERE t.account_id = d.account_id AND t.deal_id = d.deal_id
          AND t.completed_at >= d.created_at),
        (SELECT v.entered_at FROM stage_visit v WHERE v.account_id = d.account_id AND v.deal_id = d.deal_id AND v.seq = 2
          AND v.entered_at >= d.created_at)) AS at) f
      WHERE ${where} AND NOT EXISTS (SELECT FROM stage_visit i WHERE i.account_id = d.account_id AND i.deal_id = d.deal_id
        AND i.seq = 1 AND i.mark IS NOT NULL)
      GROUP BY 3, 4, 5`,
    values: values.list,
  };
};

const timeInStage: Question = (scope, groups, range) => {
  const { values, deals, best, judged, within } = groundOf(scope, groups, range);
  const now = values.add(new Date(scope.now), 'timestamptz');
  const where = [...deals, judged('d.owner_id'), 'v.counted AND v.mark IS NULL', within('v.entered_at')];
  return {
    text: `SELECT ${counted(
      'timeInStage',
      'v.stage_id AS part',
      best('d.owner_id'),
      `CASE WHEN v.left_at IS NULL THEN 'open' ELSE 'left' END`,
      bucketSql(`(coalesce(v.left_at, ${now}) - v.entered_at)`),
    )}
      FROM deal d JOIN stage_visit v ON v.account_id = d.account_id AND v.deal_id = d.deal_id
        AND v.pipeline_id = d.pipeline_id
        JOIN stage g ON g.account_id = d.account_id AND g.pipeline_id = v.pipeline_id AND g.stage_id = v.stage_id AND g.kind = 'open'
      WHERE ${where.join(' AND ')} GROUP BY 2, 3, 4, 5`,
    values: values.list,
  };
};

/** Things done with a closed deal: steps of its plans that ended, and tasks of the host's own. */
const touches: Question = (scope, groups, range) => {
  const { values, deals, best, judged, within } = groundOf(scope, groups, range);
  const where = [...deals, judged('d.owner_id'), `d.stage_kind <> 'open'`, within(SINCE)].join(' AND ');
  return {
    text: `SELECT 'touches' AS habit, ${WHOLE}, c.best, 'mean' AS way, 0 AS bucket, count(*)::int AS n,
        sum(c.touches)::float8 AS sum, sum(c.touches * c.touches)::float8 AS squares
      FROM (SELECT ${best('d.owner_id')} AS best,
        (SELECT count(*) FROM plan_step s WHERE s.account_id = d.account_id AND s.deal_id = d.deal_id AND s.state IN ('done', 'failed'))
        + (SELECT count(*) FROM host_task t WHERE t.account_id = d.account_id AND t.deal_id = d.deal_id
          AND t.completed_at IS NOT NULL AND t.our_key IS NULL) AS touches
        FROM deal d WHERE ${where}) c GROUP BY 3`,
    values: values.list,
  };
};

/** Done before they were due, by the step's name. */
const stepInTime: Question = (scope, groups, range) => {
  const { values, deals, best, judged, within } = groundOf(scope, groups, range);
  const where = [...deals, judged('s.owner_id'), `s.state = 'done' AND s.due_at IS NOT NULL`];
  return {
    text: `WITH named AS MATERIALIZED (
        SELECT v.template_id, v.version, t.value ->> 'key' AS step_key, t.value ->> 'title' AS title
        FROM plan_template_version v CROSS JOIN LATERAL jsonb_path_query(v.body, '$.stages[*].steps[*]') t(value)
        WHERE v.account_id = ${values.add(scope.accountId, 'uuid')}
      )
      SELECT ${counted(
        'stepInTime',
        'coalesce(n.title, s.step_key) AS part',
        best('s.owner_id'),
        `CASE WHEN s.finished_at <= s.due_at THEN 'yes' ELSE 'no' END`,
      )}
      FROM deal d JOIN plan_step s ON s.account_id = d.account_id AND s.deal_id = d.deal_id
        JOIN plan p ON p.account_id = s.account_id AND p.plan_id = s.plan_id
        LEFT JOIN named n ON n.template_id = p.template_id AND n.version = p.version AND n.step_key = s.step_key
      WHERE ${where.join(' AND ')} AND ${within('s.finished_at')} GROUP BY 2, 3, 4`,
    values: values.list,
  };
};

/** Open deals whose plan says what is next. */
const nextStep: Question = (scope, groups, range) => {
  const { values, deals, best, judged } = groundOf(scope, groups, range);
  const where = [...deals, judged('d.owner_id'), `d.stage_kind = 'open'`].join(' AND ');
  return {
    text: `SELECT ${counted('nextStep', WHOLE, best('d.owner_id'), `CASE WHEN p.next_step IS NULL THEN 'no' ELSE 'yes' END`)}
      FROM deal d LEFT JOIN deal_pulse p ON p.account_id = d.account_id AND p.deal_id = d.deal_id
      WHERE ${where} GROUP BY 3, 4`,
    values: values.list,
  };
};

const lossReason: Question = (scope, groups, range) => {
  const { values, deals, best, judged, within } = groundOf(scope, groups, range);
  const where = [...deals, judged('d.owner_id'), `d.stage_kind = 'lost'`, within(SINCE)].join(' AND ');
  const way = `CASE WHEN coalesce(d.loss_reason, '') = '' THEN 'no' ELSE 'yes' END`;
  return {
    text: `SELECT ${counted('lossReason', WHOLE, best('d.owner_id'), way)} FROM deal d WHERE ${where} GROUP BY 3, 4`,
    values: values.list,
  };
};

const pace: Question = (scope, groups, range) => {
  const { values, deals, best, judged, within } = groundOf(scope, groups, range);
  const where = [...deals, judged('d.owner_id'), `d.stage_kind = 'won'`, within(SINCE)].join(' AND ');
  return {
    text: `SELECT ${counted('pace', WHOLE, best('d.owner_id'), `'left'`, bucketSql(`(${SINCE} - d.created_at)`))}
      FROM deal d WHERE ${where} GROUP BY 3, 5`,
    values: values.list,
  };
};

const QUESTIONS: readonly Question[] = [
  firstResponse,
  timeInStage,
  touches,
  stepInTime,
  nextStep,
  lossReason,
  pace,
];
