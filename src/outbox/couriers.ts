import { Injectable } from '@nestjs/common';
import { ActionCourier } from './action-courier.js';
import { Courier, type Round } from './courier.js';

/** One kind of deliveries; they do not wait for each other. */
export interface Line {
  round(accountId: string): Promise<Round>;
}

@Injectable()
export class Couriers {
  readonly lines: readonly Line[];

  constructor(tasks: Courier, actions: ActionCourier) {
    this.lines = [tasks, actions];
  }
}
