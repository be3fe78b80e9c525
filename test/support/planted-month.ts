import type { Company } from '../../src/sandbox/company/company.js';
import { companyOf, formerFastDeals } from './planted-company.js';
import { forgotten } from './planted-forgotten.js';
import { Script } from './planted-script.js';
import { calm, leads, pipelines, plansOn, projects, pushes, type PlannedPush } from './planted-stories.js';
import { DAY, DAYS, generatorOf, mondayAfter, Office } from './planted-time.js';
import type { HostName } from './virtual-host.js';

/** Which month: by whose numbers, in which CRM, and the share of deals of which nobody is told. */
export interface PlantedSeed extends Pick<PlantedMonth, 'host' | 'heldOutShare'> {
  readonly seed: number;
}

/** A month in which everything that a rule should find, and everything that only looks like it, was planted. */
export interface PlantedMonth {
  readonly host: HostName;
  readonly start: number;
  readonly end: number;
  readonly office: Office;
  readonly script: Script;
  readonly company: Company;
  /** So that the rules' effect can be measured. */
  readonly heldOutShare: number;
  readonly pushes: readonly PlannedPush[];
  /** The deal of each seller about which pushes are. */
  readonly calm: ReadonlyMap<number, number>;
  /** When plans are switched on in the inbox. */
  readonly plansOnAt: number;
}

/** Five weeks from the next Monday on; the same seed makes the same month. */
export function plantMonth(now: number, { seed, host, heldOutShare }: PlantedSeed): PlantedMonth {
  const start = mondayAfter(now);
  const office = new Office(start);
  const script = new Script(office, start, generatorOf(seed));
  // Those that are there from the beginning come first: the portal numbers its deals so.
  const calmDeals = calm(script);
  pipelines(script);
  forgotten(script);
  leads(script);
  projects(script);
  const taken = script.deals.length;
  const deals = [...script.former, ...formerFastDeals(taken + 1, start)];
  return {
    ...{ host, heldOutShare, start, office, script },
    end: start + DAYS * DAY,
    company: companyOf(deals, start),
    pushes: pushes(script),
    calm: calmDeals,
    plansOnAt: plansOn(script),
  };
}
